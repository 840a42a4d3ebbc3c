//! How serde writes a difference. `derive` would add the crate `serde_derive` to applications that
//! do not use it otherwise.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::explain::diff::name_set::NameSet;
use crate::explain::diff::origin_set::OriginSet;
use crate::explain::diff::permission::Permission;
use crate::explain::diff::{OriginChange, PolicyDiff};

impl Serialize for PolicyDiff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("is_widening", &self.is_widening())?;
        map.serialize_entry("changes", self.changes())?;
        map.end()
    }
}

impl Serialize for OriginChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("origins", self.origins())?;
        map.serialize_entry("gained", &Permissions(self.gained()))?;
        map.serialize_entry("lost", &Permissions(self.lost()))?;
        if let Some((old, new)) = self.max_age() {
            map.serialize_entry("max_age", &MaxAge { old, new })?;
        }
        map.end()
    }
}

impl Serialize for OriginSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let except: Vec<_> = self.except().iter().map(|pattern| pattern.as_str()).collect();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("pattern", self.pattern())?;
        map.serialize_entry("except", &except)?;
        map.end()
    }
}

/// An object with the kinds of permissions as keys.
struct Permissions<'a>(&'a [Permission]);

impl Serialize for Permissions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for permission in self.0 {
            match permission {
                Permission::Access => map.serialize_entry("access", &true),
                Permission::AccessByPredicate => map.serialize_entry("access_by_predicate", &true),
                Permission::AccessWithoutPredicate => {
                    map.serialize_entry("access_without_predicate", &true)
                }
                Permission::Credentials => map.serialize_entry("credentials", &true),
                Permission::Methods(names) => map.serialize_entry("methods", names),
                Permission::RequestHeaders(names) => map.serialize_entry("request_headers", names),
                Permission::ExposedHeaders(names) => map.serialize_entry("exposed_headers", names),
                Permission::CrossOriginRequests => {
                    map.serialize_entry("cross_origin_requests", &true)
                }
                Permission::SameOriginRequests => {
                    map.serialize_entry("same_origin_requests", &true)
                }
            }?;
        }
        map.end()
    }
}

/// `{"names": […]}`, or `{"all_but": […]}`.
impl Serialize for NameSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Vec<_> = self.names().collect();
        let key = if self.has_all_others() { "all_but" } else { "names" };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(key, &names)?;
        map.end()
    }
}

struct MaxAge {
    old: i64,
    new: i64,
}

impl Serialize for MaxAge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("old", &self.old)?;
        map.serialize_entry("new", &self.new)?;
        map.end()
    }
}

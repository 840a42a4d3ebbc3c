use std::collections::HashSet;

use serde::de::{Error, MapAccess};

use crate::origin::Quoted;

/// The key by which a JSON file names its schema. It is ignored.
pub(super) const SCHEMA: &str = "$schema";

/// The keys of a table, each once. TOML and YAML refuse a second one by themselves; in JSON it
/// would silently replace the first.
#[derive(Debug, Default)]
pub(super) struct Keys(HashSet<String>);

impl Keys {
    pub(super) fn next<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
    ) -> Result<Option<String>, A::Error> {
        let Some(key) = map.next_key::<String>()? else { return Ok(None) };
        if self.0.insert(key.clone()) {
            Ok(Some(key))
        } else {
            Err(A::Error::custom(format_args!("duplicate key {}; remove one", Quoted(&key))))
        }
    }
}

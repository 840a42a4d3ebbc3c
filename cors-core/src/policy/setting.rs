//! The rows of the tables of settings: a name, and the field that has the value.

use std::fmt;

/// A setting of `C`, which is the configuration of a policy or of one of its rules.
pub(crate) struct Setting<C> {
    pub(crate) name: &'static str,
    pub(crate) field: Field<C>,
}

/// How the field of a setting is read and changed. Its default is an empty list, false or `None`.
#[cfg_attr(
    not(any(feature = "serde", test)),
    expect(dead_code, reason = "only readers of files change settings")
)]
pub(crate) enum Field<C> {
    Texts(fn(&C) -> &Vec<String>, fn(&mut C) -> &mut Vec<String>),
    Flag(fn(&C) -> bool, fn(&mut C) -> &mut bool),
    Seconds(fn(&C) -> Option<i64>, fn(&mut C) -> &mut Option<i64>),
}

/// The value of a setting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SettingValue<'a> {
    Texts(&'a [String]),
    True,
    Seconds(i64),
}

impl<C> Setting<C> {
    /// Returns the value, or `None` if it is the default.
    pub(crate) fn value<'a>(&self, config: &'a C) -> Option<SettingValue<'a>> {
        match self.field {
            Field::Texts(read, _) => {
                Some(read(config)).filter(|texts| !texts.is_empty()).map(|t| SettingValue::Texts(t))
            }
            Field::Flag(read, _) => read(config).then_some(SettingValue::True),
            Field::Seconds(read, _) => read(config).map(SettingValue::Seconds),
        }
    }
}

/// As it stands in a file, whatever the format.
impl fmt::Display for SettingValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::True => f.write_str("true"),
            Self::Seconds(seconds) => seconds.fmt(f),
            Self::Texts(texts) => {
                for (index, text) in texts.iter().enumerate() {
                    // Neither an origin nor a token has a character that a format escapes.
                    write!(f, "{}\"{text}\"", if index == 0 { "[" } else { ", " })?;
                }
                f.write_str(if texts.is_empty() { "[]" } else { "]" })
            }
        }
    }
}

//! What the lists of a policy are made of, in code.

use std::borrow::Cow;

/// A list of origins, methods or header names: an array, a `Vec`, a slice or another iterator of
/// text or typed values.
///
/// ```
/// use cors_core::Policy;
///
/// let from_settings: Vec<String> = vec!["https://app.example.com".into()];
/// let policy = Policy::builder()
///     .allow_origins(&from_settings)
///     .allow_methods(["PUT", "DELETE"])
///     .allow_headers(["x-one", "x-two"].iter().filter(|name| name.len() < 8))
///     .build()?;
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of texts or typed values",
    label = "write a list between brackets, also for a single element",
    note = "lists look like `[\"https://app.example.com\"]`, `[\"PUT\", \"DELETE\"]` or `[Method::PUT]`"
)]
pub trait IntoList {
    /// Returns the elements as text.
    fn into_list(self) -> Vec<String>;
}

// Without this, the compiler would say that a text is not an iterator, and recommend `.chars()`.
#[diagnostic::do_not_recommend]
impl<I: IntoIterator> IntoList for I
where
    I::Item: ToText,
{
    fn into_list(self) -> Vec<String> {
        self.into_iter().map(|element| element.to_text().into_owned()).collect()
    }
}

/// An origin, a method or a header name: text, or a typed value of the crate `http`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither text nor a typed value",
    label = "write text, as in \"https://app.example.com\", \"PUT\" or \"content-type\""
)]
pub trait ToText {
    /// Returns the value as text. Bytes that are not UTF-8 are replaced, and refused later.
    fn to_text(&self) -> Cow<'_, str>;
}

impl ToText for str {
    fn to_text(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl ToText for String {
    fn to_text(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl ToText for Box<str> {
    fn to_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl ToText for Cow<'_, str> {
    fn to_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<T: ToText + ?Sized> ToText for &T {
    fn to_text(&self) -> Cow<'_, str> {
        (**self).to_text()
    }
}

/// Of `http` 1, which axum, poem and salvo use.
#[cfg(feature = "http")]
mod http1 {
    use std::borrow::Cow;

    use http::{HeaderName, HeaderValue, Method};

    use super::ToText;

    impl ToText for Method {
        fn to_text(&self) -> Cow<'_, str> {
            self.as_str().into()
        }
    }

    impl ToText for HeaderName {
        fn to_text(&self) -> Cow<'_, str> {
            self.as_str().into()
        }
    }

    impl ToText for HeaderValue {
        fn to_text(&self) -> Cow<'_, str> {
            String::from_utf8_lossy(self.as_bytes())
        }
    }
}

/// Of `http` 0.2, which actix-web 4 uses.
#[cfg(feature = "http-0-2")]
mod http0_2 {
    use std::borrow::Cow;

    use http0_2::Method;
    use http0_2::header::{HeaderName, HeaderValue};

    use super::ToText;

    impl ToText for Method {
        fn to_text(&self) -> Cow<'_, str> {
            self.as_str().into()
        }
    }

    impl ToText for HeaderName {
        fn to_text(&self) -> Cow<'_, str> {
            self.as_str().into()
        }
    }

    impl ToText for HeaderValue {
        fn to_text(&self) -> Cow<'_, str> {
            String::from_utf8_lossy(self.as_bytes())
        }
    }
}

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::decide::{Decision, Question};
use crate::http::FieldValue;
use crate::origin::Origin;

type BoxError = Box<dyn Error + Send + Sync>;
type BoxFuture = Pin<Box<dyn Future<Output = Result<bool, BoxError>> + Send>>;

/// Decides at run time whether pages of an origin are allowed, for the rule of a policy that
/// leaves it to the application
/// ([`allow_origins_by_predicate`](crate::PolicyBuilder::allow_origins_by_predicate)). `R` is what a
/// framework calls a request, or its head. A clone shares it.
///
/// It is asked at most once for a request, and only about a well-formed origin that no rule lists.
/// When the policy enforces origins, it is not asked about the service's own pages. It is not asked
/// about a malformed preflight, but about one whose method or headers the rule does not allow,
/// because only an allowed origin gets the lists. Name the headers it reads besides the origin in
/// [`predicate_vary`](crate::PolicyBuilder::predicate_vary). If it fails or panics, the origin is refused and the
/// [`Observer`](crate::Observer) is told.
///
/// ```
/// use std::convert::Infallible;
/// use cors_core::{Origin, OriginPredicate};
///
/// // With the head of a request as axum has it.
/// let tenants = OriginPredicate::<http::request::Parts>::async_predicate(|origin: Origin<'_>, _| {
///     let host = origin.host().to_owned(); // the future outlives what it is made from
///     async move { Ok::<_, Infallible>(host.ends_with(".tenants.example")) }
/// });
/// ```
///
/// The default asks nobody: every origin in question is refused.
pub struct OriginPredicate<R>(Option<Arc<Predicate<R>>>);

type Predicate<R> = dyn Fn(Origin<'_>, &R) -> Evaluation + Send + Sync;

enum Evaluation {
    Done(bool),
    Pending(BoxFuture),
}

impl<R> OriginPredicate<R> {
    /// Decides at once.
    ///
    /// ```
    /// use cors_core::OriginPredicate;
    ///
    /// // Of a request, as axum has it.
    /// let tenants = OriginPredicate::<http::request::Parts>::predicate(|origin, request| {
    ///     request.headers.get("x-tenant").is_some_and(|tenant| {
    ///         origin.host().strip_suffix(".tenants.example") == tenant.to_str().ok()
    ///     })
    /// });
    /// ```
    pub fn predicate(allows: impl Fn(Origin<'_>, &R) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(move |origin, request| Evaluation::Done(allows(origin, request)))))
    }

    /// Decides by asking a database or another service, while the request waits.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use cors_core::OriginPredicate;
    ///
    /// async fn is_tenant(host: String) -> Result<bool, Infallible> {
    ///     Ok(host.ends_with(".tenants.example")) // or what a database says
    /// }
    ///
    /// let tenants = OriginPredicate::<http::request::Parts>::async_predicate(|origin, _| {
    ///     is_tenant(origin.host().to_owned())
    /// });
    /// ```
    pub fn async_predicate<F, E>(
        allows: impl Fn(Origin<'_>, &R) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<bool, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self(Some(Arc::new(move |origin, request| {
            let future = allows(origin, request);
            Evaluation::Pending(Box::pin(async move { future.await.map_err(Into::into) }))
        })))
    }

    /// Asks. Adapters call this; it ends with a decision, whatever happens.
    pub fn ask<V: FieldValue>(&self, question: Question<V>, request: &R) -> Asking<V> {
        let Some(predicate) = &self.0 else {
            return Asking(Some(State::Decided(question.refuse())));
        };
        let evaluation = catch_unwind(AssertUnwindSafe(|| predicate(question.origin(), request)));
        let state = match evaluation {
            Ok(Evaluation::Done(is_allowed)) => State::Decided(question.answer(is_allowed)),
            Ok(Evaluation::Pending(future)) => State::Asked { future, question },
            Err(panic) => State::Decided(question.fail(&Panicked::from(panic))),
        };
        Asking(Some(state))
    }
}

/// The decision about a request, once the application has said whether it allows its origin.
#[must_use = "futures do nothing unless they are polled"]
pub struct Asking<V>(Option<State<V>>);

enum State<V> {
    Decided(Decision<V>),
    Asked { future: BoxFuture, question: Question<V> },
}

// Nothing in it is pinned but what is boxed.
impl<V> Unpin for Asking<V> {}

impl<V: FieldValue> Future for Asking<V> {
    type Output = Decision<V>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Decision<V>> {
        match self.0.take() {
            Some(State::Decided(decision)) => Poll::Ready(decision),
            Some(State::Asked { mut future, question }) => {
                let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
                Poll::Ready(match poll {
                    Ok(Poll::Pending) => {
                        self.0 = Some(State::Asked { future, question });
                        return Poll::Pending;
                    }
                    Ok(Poll::Ready(Ok(is_allowed))) => question.answer(is_allowed),
                    Ok(Poll::Ready(Err(error))) => question.fail(&*error),
                    Err(panic) => question.fail(&Panicked::from(panic)),
                })
            }
            // Polled after its end, which futures must not be.
            None => Poll::Pending,
        }
    }
}

/// The application panicked when it was asked about an origin.
#[derive(Debug)]
struct Panicked(String);

impl From<Box<dyn Any + Send>> for Panicked {
    fn from(panic: Box<dyn Any + Send>) -> Self {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self(text.unwrap_or_else(|| "no message".into()))
    }
}

impl Error for Panicked {}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked: {}", self.0)
    }
}

impl<R> Clone for OriginPredicate<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R> Default for OriginPredicate<R> {
    fn default() -> Self {
        Self(None)
    }
}

impl<R> fmt::Debug for OriginPredicate<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OriginPredicate").finish_non_exhaustive()
    }
}

impl<V> fmt::Debug for Asking<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").finish_non_exhaustive()
    }
}

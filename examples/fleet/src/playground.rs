use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cors_core::{Policy, PolicyHandle};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::draft;
use crate::explanation::{Explanation, ScriptRequest};
use crate::mount::Mounts;
use crate::problems::Problems;
use crate::recorder::{Exchange, Recorder};

/// The longest request to the page servers, in bytes.
const LONGEST_BODY: usize = 128 * 1024;

/// The policy that governs the fleet, and what is known of it. A clone shares it.
#[derive(Clone, Debug)]
pub(crate) struct Playground {
    policy: PolicyHandle,
    /// The text of the policy in force.
    source: Arc<Mutex<String>>,
    mounts: Mounts,
    /// What pages send as `Origin`.
    origins: Arc<[String]>,
    recorder: Recorder,
}

/// A policy in force.
#[derive(Debug, Serialize)]
pub(crate) struct InForce {
    source: String,
    warnings: Problems,
    /// Which of the pages' origins it allows.
    allows: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    /// The prefix of a mount.
    mount: String,
    origin: String,
    requests: Vec<ScriptRequest>,
}

impl Playground {
    pub(crate) fn new(
        policy: PolicyHandle,
        source: String,
        mounts: Mounts,
        origins: impl IntoIterator<Item = String>,
        recorder: Recorder,
    ) -> Self {
        let source = Arc::new(Mutex::new(source));
        Self { policy, source, mounts, origins: origins.into_iter().collect(), recorder }
    }

    /// What the page does with the policy: check a text, put it in force, ask what becomes of
    /// requests, and look at what passed over the sockets.
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/check", post(check))
            .route("/policy", get(in_force).post(replace))
            .route("/explain", post(explain))
            .route("/exchanges/{token}", get(exchanges))
            .layer(DefaultBodyLimit::max(LONGEST_BODY))
            .with_state(self)
    }

    /// The policy in force, and the text that it was made of.
    fn current(&self) -> (Policy, String) {
        let source = self.source();
        (self.policy.policy(), source.clone())
    }

    fn replace(&self, policy: Policy, text: &str) {
        let mut source = self.source();
        self.policy.replace(policy);
        text.clone_into(&mut source);
    }

    fn in_force(&self, policy: &Policy, source: String, warnings: Problems) -> InForce {
        let allows = self.origins.iter().filter(|origin| policy.allows_origin(origin.as_bytes()));
        InForce { allows: allows.cloned().collect(), source, warnings }
    }

    fn explain(&self, questions: Questions) -> Result<Vec<Explanation>, StatusCode> {
        let Questions { mount, origin, requests } = questions;
        let mount = self.mounts.iter().find(|m| m.prefix == mount).ok_or(StatusCode::NOT_FOUND)?;
        let (policy, source) = match &mount.policy {
            Some(_) if mount.prefix.is_empty() => {
                let (policy, source) = self.current();
                (policy, Some(source))
            }
            Some(policy) => (policy.policy(), None),
            None => return Ok(requests.iter().map(|_| Explanation::without_policy()).collect()),
        };
        let explain = |request| Explanation::new(&policy, source.as_deref(), &origin, request);
        Ok(requests.into_iter().map(explain).collect())
    }

    fn source(&self) -> MutexGuard<'_, String> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs what takes longer the longer a policy is on a thread of its own, so that no other request
/// waits for it.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StatusCode> {
    spawn_blocking(work).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn check(Json(draft): Json<Draft>) -> Result<Json<Problems>, StatusCode> {
    let checked = apart(move || draft::check(&draft.source)).await?;
    Ok(Json(checked.map_or_else(|errors| errors, |(_, warnings)| warnings)))
}

async fn in_force(State(playground): State<Playground>) -> Result<Json<InForce>, StatusCode> {
    let in_force = apart(move || {
        let (policy, source) = playground.current();
        let warnings = draft::check(&source).map(|(_, warnings)| warnings).unwrap_or_default();
        playground.in_force(&policy, source, warnings)
    });
    in_force.await.map(Json)
}

async fn replace(
    State(playground): State<Playground>,
    Json(Draft { source }): Json<Draft>,
) -> Result<Json<InForce>, Response> {
    let replaced = apart(move || {
        let (policy, warnings) = draft::check(&source)?;
        playground.replace(policy.clone(), &source);
        Ok(playground.in_force(&policy, source, warnings))
    });
    let replaced: Result<_, Problems> = replaced.await.map_err(IntoResponse::into_response)?;
    replaced
        .map(Json)
        .map_err(|problems| (StatusCode::UNPROCESSABLE_ENTITY, Json(problems)).into_response())
}

/// The page never asks about as many at once.
const MOST_REQUESTS: usize = 64;

async fn explain(
    State(playground): State<Playground>,
    Json(questions): Json<Questions>,
) -> Result<Json<Vec<Explanation>>, StatusCode> {
    if questions.requests.len() > MOST_REQUESTS {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    apart(move || playground.explain(questions)).await?.map(Json)
}

async fn exchanges(
    State(playground): State<Playground>,
    Path(token): Path<String>,
) -> Json<Vec<Exchange>> {
    Json(playground.recorder.find(&token))
}

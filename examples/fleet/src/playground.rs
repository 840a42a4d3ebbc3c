use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use cors_core::PolicyHandle;
use serde::{Deserialize, Serialize};

use crate::draft::{self, Problem};
use crate::explanation::{Explanation, ScriptRequest};
use crate::mount::Mounts;
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
    warnings: Vec<Problem>,
    /// Which of the pages' origins it allows.
    allows: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    source: String,
}

#[derive(Debug, Serialize)]
struct Problems {
    problems: Vec<Problem>,
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

    fn in_force(&self, source: String, warnings: Vec<Problem>) -> InForce {
        let policy = self.policy.policy();
        let allows = self.origins.iter().filter(|origin| policy.allows_origin(origin.as_bytes()));
        InForce { allows: allows.cloned().collect(), source, warnings }
    }

    fn source(&self) -> MutexGuard<'_, String> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn check(Json(draft): Json<Draft>) -> Json<Problems> {
    let problems = match draft::check(&draft.source) {
        Ok((_, problems)) | Err(problems) => problems,
    };
    Json(Problems { problems })
}

async fn in_force(State(playground): State<Playground>) -> Json<InForce> {
    let source = playground.source().clone();
    let warnings = draft::check(&source).map(|(_, warnings)| warnings).unwrap_or_default();
    Json(playground.in_force(source, warnings))
}

async fn replace(
    State(playground): State<Playground>,
    Json(draft): Json<Draft>,
) -> Result<Json<InForce>, (StatusCode, Json<Problems>)> {
    let (policy, warnings) = draft::check(&draft.source)
        .map_err(|problems| (StatusCode::UNPROCESSABLE_ENTITY, Json(Problems { problems })))?;
    {
        let mut source = playground.source();
        playground.policy.replace(policy);
        source.clone_from(&draft.source);
    }
    Ok(Json(playground.in_force(draft.source, warnings)))
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
    let mut mounts = playground.mounts.iter();
    let mount = mounts.find(|m| m.prefix == questions.mount).ok_or(StatusCode::NOT_FOUND)?;
    let Some(policy) = mount.policy.as_ref().map(PolicyHandle::policy) else {
        let explanations = questions.requests.iter().map(|_| Explanation::without_policy());
        return Ok(Json(explanations.collect()));
    };
    let source = mount.prefix.is_empty().then(|| playground.source().clone());
    let explain =
        |request| Explanation::new(&policy, source.as_deref(), &questions.origin, request);
    Ok(Json(questions.requests.into_iter().map(explain).collect()))
}

async fn exchanges(
    State(playground): State<Playground>,
    Path(token): Path<String>,
) -> Json<Vec<Exchange>> {
    Json(playground.recorder.find(&token))
}

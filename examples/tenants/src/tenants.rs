use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;
use sqlx::SqlitePool;

/// Which tenants there are, and the origins of their pages. A clone shares it.
#[derive(Clone)]
pub(crate) struct Tenants(Arc<Inner>);

struct Inner {
    database: SqlitePool,
    answers: Cache<Page, bool>,
    lookups: AtomicU64,
}

/// A page that wants to read what belongs to a tenant.
#[derive(Clone, Eq, Hash, PartialEq)]
pub(crate) struct Page {
    pub(crate) origin: String,
    pub(crate) tenant: String,
}

/// For how long the database's answers are kept.
#[derive(Clone, Copy)]
pub(crate) struct Lifetimes {
    pub(crate) allowed: Duration,
    /// Short: a new tenant waits for it.
    pub(crate) refused: Duration,
}

impl Tenants {
    pub(crate) async fn new(database: SqlitePool, lifetimes: Lifetimes) -> sqlx::Result<Self> {
        sqlx::raw_sql(include_str!("tenants.sql")).execute(&database).await?;
        // Anybody can make up pages, and long ones: the cache is bounded by their bytes. Once it is
        // full, it keeps what is asked for often.
        let bytes = |page: &Page, _: &bool| {
            let bytes = size_of::<Page>() + page.origin.len() + page.tenant.len();
            bytes.try_into().unwrap_or(u32::MAX)
        };
        let answers = Cache::builder()
            .weigher(bytes)
            .max_capacity(1024 * 1024)
            .expire_after(lifetimes)
            .support_invalidation_closures()
            .build();
        Ok(Self(Arc::new(Inner { database, answers, lookups: AtomicU64::new(0) })))
    }

    /// Whether the page's origin is one of the tenant's. Requests that ask this at the same time
    /// wait for one look-up; an error is not kept.
    pub(crate) async fn allow(&self, page: Page) -> Result<bool, Arc<sqlx::Error>> {
        let lookup = self.look_up(page.clone());
        self.0.answers.try_get_with(page, lookup).await
    }

    async fn look_up(&self, page: Page) -> sqlx::Result<bool> {
        self.0.lookups.fetch_add(1, Ordering::Relaxed);
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM origins WHERE origin = ? AND tenant = ?)")
            .bind(page.origin)
            .bind(page.tenant)
            .fetch_one(&self.0.database)
            .await
    }

    /// How often the database was asked about a page.
    pub(crate) fn lookups(&self) -> u64 {
        self.0.lookups.load(Ordering::Relaxed)
    }

    /// How much is kept of its answers.
    pub(crate) async fn kept_bytes(&self) -> u64 {
        self.0.answers.run_pending_tasks().await;
        self.0.answers.weighted_size()
    }

    /// Removes a tenant, and the answers that are kept about it. The answer to a look-up that is
    /// under way is kept for its lifetime.
    pub(crate) async fn remove(&self, tenant: String) -> Result<(), Box<dyn Error + Send + Sync>> {
        sqlx::query("DELETE FROM origins WHERE tenant = ?")
            .bind(&tenant)
            .execute(&self.0.database)
            .await?;
        self.0.answers.invalidate_entries_if(move |page, _| page.tenant == tenant)?;
        Ok(())
    }
}

impl Expiry<Page, bool> for Lifetimes {
    fn expire_after_create(&self, _: &Page, is_allowed: &bool, _: Instant) -> Option<Duration> {
        Some(if *is_allowed { self.allowed } else { self.refused })
    }
}

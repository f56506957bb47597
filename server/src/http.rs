//! The router and what lies around every request.

use crate::database::Database;
use crate::secret::Secret;
use axum::Router;

/// What every handler may use. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// Postgres.
    pub database: Database,
    /// The server's secret.
    pub secret: Secret,
}

/// Everything the server answers.
pub fn router(state: AppState) -> Router {
    let api = Router::new().merge(crate::sync::router()).merge(crate::answer::router());
    Router::new().nest("/api/v1", api).with_state(state)
}

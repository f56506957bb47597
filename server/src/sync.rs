//! Push and pull over HTTP.

use crate::http::AppState;
use axum::Router;

/// `POST /api/v1/sync`.
pub fn router() -> Router<AppState> {
    Router::new()
}

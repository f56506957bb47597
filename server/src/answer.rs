//! The village's answer without an account.

use crate::http::AppState;
use axum::Router;

/// `POST /api/v1/answer`.
pub fn router() -> Router<AppState> {
    Router::new()
}

//! Signing in and out.

use crate::http::AppState;
use axum::Router;

/// `/session`, `/password`, `/devices`, `/vault`.
pub fn router() -> Router<AppState> {
    Router::new()
}

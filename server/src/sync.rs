//! `POST /api/v1/sync`: a phone pushes what is unsent and pulls what is new. The protocol and its rules
//! are `domain::sync` and `domain::judge`; here they meet Postgres.

mod batch;
mod decided;
mod follow;
mod held;
mod initials;
pub mod nightly;
mod pull;
mod push;
pub mod readers;
pub mod seal;
pub(crate) mod siblings;
mod store;
pub mod surroundings;

pub use batch::{Arrived, Author, take_kept};
pub use push::record;
pub use surroundings::{Memory, Surroundings};

use crate::error::{Error, Result};
use crate::http::{AppState, Json};
use crate::session::SignedIn;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Router};
use chrono::{SubsecRound as _, Utc};
use domain::sync::wire::PROTOCOL;
use domain::sync::{GO_ON, SyncRequest, SyncResponse};

/// `POST /api/v1/sync`.
pub fn router() -> Router<AppState> {
    Router::new().route("/sync", post(sync)).layer(Extension(Memory::default()))
}

async fn sync(
    State(state): State<AppState>,
    Extension(memory): Extension<Memory>,
    SignedIn(actor): SignedIn,
    Json(request): Json<SyncRequest>,
) -> Result<impl IntoResponse> {
    if request.protocol > PROTOCOL {
        return Err(Error::Malformed("a protocol newer than this server's"));
    }
    // As fine as the database keeps it: what is folded now and what is folded anew later are then the same.
    let now = Utc::now().trunc_subsecs(6);
    let pushed = push::push(&state.database, &memory, &actor, &request, now).await?;
    let decided = decided::decided(&state.database, &actor, &request.kept).await?;
    let page = pull::pull(&state.database, &state.directories, &actor, &request).await?;
    let response = SyncResponse {
        receipts: pushed.receipts,
        expected_seq: pushed.expected_seq,
        forked: pushed.forked,
        decided,
        page,
        server_time: Some(now),
    };
    let go_on = response.go_on().and_then(|go_on| serde_json::to_string(&go_on).ok());
    Ok((go_on.map(|go_on| [(GO_ON, go_on)]), axum::Json(response)))
}

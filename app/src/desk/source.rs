//! Where the answers come from. This crate knows no database: the server hands in a source that is bound
//! to the person who is signed in, and lays it into the context that server functions read.

use super::duties::{DutyRow, KeptEntry};
use super::reports::ReportRow;
use super::students::{StudentFile, StudentRow, StudentsAsked, Unlisted};
use super::village::VillageAsked;
use super::visits::{VisitFile, VisitRow, VisitsAsked};
use super::{Begun, Fault, Paged};
use axum::body::Body;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use domain::ids::{EntryId, StudentId};
use domain::review::Verdict;
use domain::safeguarding::SafeguardingHandled;
use domain::vocabulary::Settled;
use leptos::prelude::{provide_context, use_context};
use std::pin::Pin;
use std::sync::Arc;

/// An answer on its way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// What one person gets to see and may decide; each method is the server's side of the function of that
/// name, with its errors: not signed in, not for this person, nothing there, the database says no.
#[expect(missing_docs, reason = "the functions of the same names say it")]
pub trait DeskSource: Send + Sync {
    fn begin(&self) -> Answer<'_, Begun>;
    fn visits(&self, asked: VisitsAsked) -> Answer<'_, Paged<VisitRow>>;
    fn visit(&self, entry: EntryId) -> Answer<'_, VisitFile>;
    fn review(&self, entry: EntryId, verdict: Verdict, words: Option<String>) -> Answer<'_, ()>;
    fn villages(&self) -> Answer<'_, Paged<VillageAsked>>;
    fn students(&self, asked: StudentsAsked) -> Answer<'_, Paged<StudentRow>>;
    fn student(&self, id: StudentId) -> Answer<'_, StudentFile>;
    fn decide(&self, student: StudentId, field: String, value: Option<String>) -> Answer<'_, ()>;
    fn duties(&self, page: u32) -> Answer<'_, Paged<DutyRow>>;
    fn kept(&self, entry: EntryId) -> Answer<'_, KeptEntry>;
    fn settle(&self, entry: EntryId, how: Settled, words: Option<String>) -> Answer<'_, ()>;
    fn unlisted(&self, student: StudentId, is: Unlisted) -> Answer<'_, ()>;
    fn reports(&self, page: u32) -> Answer<'_, Paged<ReportRow>>;
    fn handle(&self, handled: SafeguardingHandled) -> Answer<'_, ()>;
}

/// The source of this request.
///
/// # Errors
/// None was laid into the context, which is a fault of the server.
pub fn source() -> Result<Arc<dyn DeskSource>, Fault> {
    use_context().ok_or_else(|| Fault::of("INTERNAL"))
}

/// Runs the server function that a request names.
pub async fn answer(source: Arc<dyn DeskSource>, request: Request<Body>) -> Response {
    leptos_axum::handle_server_fns_with_context(move || provide_context(source.clone()), request)
        .await
        .into_response()
}

/// The addresses of all functions, with the method each answers to.
pub fn addresses() -> Vec<(&'static str, axum::http::Method)> {
    leptos::server_fn::axum::server_fn_paths().collect()
}

//! What desks ask: lists and files read under row level security as the person who is signed in, and
//! decisions written as entries on the path that phones' entries take. The questions are
//! `app::desk::functions`; each noun's answer is a file here.

mod decisions;
mod duties;
mod export;
mod reports;
mod settle;
mod students;
mod village;
mod visits;

use crate::database::Transaction;
use crate::error::{Error, Result};
use crate::http::AppState;
use crate::session::SignedIn;
use crate::stored::StoredEntry;
use app::desk::duties::{DutyRow, KeptEntry};
use app::desk::reports::ReportRow;
use app::desk::source::{Answer, DeskSource, addresses, answer};
use app::desk::students::{StudentFile, StudentRow, StudentsAsked, Unlisted};
use app::desk::village::VillageAsked;
use app::desk::visits::{VisitFile, VisitRow, VisitsAsked};
use app::desk::{Begun, Fault, Paged};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::Utc;
use domain::access::Place;
use domain::actor::Actor;
use domain::ids::{EntryId, StudentId};
use domain::review::Verdict;
use domain::safeguarding::SafeguardingHandled;
use domain::student::StudentState;
use domain::sync::SeenEntry;
use domain::vocabulary::Settled;
use sqlx::types::Json;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// `POST /api/v1/desk/{function}`, and nothing to GET.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/desk/{function}", post(ask))
        .route("/api/v1/desk/visits.xlsx", post(export::visits))
}

async fn ask(State(state): State<AppState>, SignedIn(actor): SignedIn, request: Request) -> Response {
    let path = request.uri().path();
    if !addresses().iter().any(|(address, _)| *address == path) {
        return Error::NotFound.into_response();
    }
    let desk = Arc::new(Desk::new(state, actor));
    let response = answer(desk.clone(), request).await;
    let error = desk.error.lock().unwrap_or_else(PoisonError::into_inner).take();
    match error {
        Some(error) => error.into_response(),
        // Nothing of ours went wrong, so it was the arguments.
        None if !response.status().is_success() => {
            Error::Malformed("not what this function takes").into_response()
        }
        None => response,
    }
}

/// One request of one person.
struct Desk {
    state: AppState,
    actor: Actor,
    /// Why the function ended; the answer is made of this, so that all errors have one shape.
    error: Mutex<Option<Error>>,
}

impl Desk {
    fn new(state: AppState, actor: Actor) -> Self {
        Self { state, actor, error: Mutex::default() }
    }

    /// A transaction that shows what this person may see.
    async fn reader(&self) -> Result<Transaction> {
        self.state.database.reader(&self.actor).await
    }

    /// These entries as this person may see them, without those whose time is over.
    ///
    /// # Errors
    /// A row holds no entry.
    fn seen(&self, rows: Vec<StoredEntry>) -> Result<Vec<SeenEntry>> {
        rows.into_iter().filter_map(|row| row.seen_by(self.actor.user).transpose()).collect()
    }

    async fn begun(&self) -> Result<Begun> {
        let mut tx = self.reader().await?;
        let news = self.state.directories.news(&mut tx, &self.actor, None).await?;
        let (directory, _) = news.ok_or_else(|| Error::Internal("no directory".into()))?;
        Ok(Begun { actor: self.actor.clone(), directory, now: Utc::now() })
    }

    /// Keeps why, and tells the function that it is over.
    fn told<T>(&self, result: Result<T>) -> Result<T, Fault> {
        result.map_err(|error| {
            let fault = Fault::of(&error.told().code);
            *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            fault
        })
    }
}

impl DeskSource for Desk {
    fn begin(&self) -> Answer<'_, Begun> {
        Box::pin(async { self.told(self.begun().await) })
    }

    fn visits(&self, asked: VisitsAsked) -> Answer<'_, Paged<VisitRow>> {
        Box::pin(async move { self.told(visits::page(self, &asked).await) })
    }

    fn visit(&self, entry: EntryId) -> Answer<'_, VisitFile> {
        Box::pin(async move { self.told(visits::file(self, entry).await) })
    }

    fn review(&self, entry: EntryId, verdict: Verdict, words: Option<String>) -> Answer<'_, ()> {
        Box::pin(async move { self.told(decisions::review(self, entry, verdict, words).await) })
    }

    fn villages(&self) -> Answer<'_, Paged<VillageAsked>> {
        Box::pin(async { self.told(village::asked(self).await) })
    }

    fn students(&self, asked: StudentsAsked) -> Answer<'_, Paged<StudentRow>> {
        Box::pin(async move { self.told(students::page(self, &asked).await) })
    }

    fn student(&self, id: StudentId) -> Answer<'_, StudentFile> {
        Box::pin(async move { self.told(students::file(self, id).await) })
    }

    fn decide(&self, student: StudentId, field: String, value: Option<String>) -> Answer<'_, ()> {
        Box::pin(async move { self.told(decisions::decide(self, student, field, value).await) })
    }

    fn duties(&self, page: u32) -> Answer<'_, Paged<DutyRow>> {
        Box::pin(async move { self.told(duties::page(self, page).await) })
    }

    fn kept(&self, entry: EntryId) -> Answer<'_, KeptEntry> {
        Box::pin(async move { self.told(duties::kept(self, entry).await) })
    }

    fn settle(&self, entry: EntryId, how: Settled, words: Option<String>) -> Answer<'_, ()> {
        Box::pin(async move { self.told(settle::settle(self, entry, how, words).await) })
    }

    fn unlisted(&self, student: StudentId, is: Unlisted) -> Answer<'_, ()> {
        Box::pin(async move { self.told(decisions::unlisted(self, student, is).await) })
    }

    fn reports(&self, page: u32) -> Answer<'_, Paged<ReportRow>> {
        Box::pin(async move { self.told(reports::page(self, page).await) })
    }

    fn handle(&self, handled: SafeguardingHandled) -> Answer<'_, ()> {
        Box::pin(async move { self.told(reports::handle(self, handled).await) })
    }
}

/// Row and offset of a page.
fn bounds(page: u32) -> (i64, i64) {
    let rows = i64::from(app::desk::paged::PAGE_ROWS);
    (rows, rows * i64::from(page))
}

fn count(total: Option<i64>) -> u32 {
    total.map_or(0, |n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// Where a child stands and what covers it, as this person may know it; `None` when out of sight.
async fn child(tx: &mut Transaction, actor: &Actor, id: StudentId) -> Result<Option<(StudentState, Place)>> {
    let row: Option<(Json<StudentState>, bool, Vec<Uuid>)> = sqlx::query_as(
        "SELECT s.state, s.open,
           ARRAY(SELECT a.scope FROM access a
                 WHERE a.county = s.county AND a.student = s.id AND NOT a.gone)
         FROM student s WHERE s.county = $1 AND s.id = $2",
    )
    .bind(actor.county.0)
    .bind(id.0)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(Json(state), open, scopes)| {
        let place = Place { county: Some(actor.county), scopes, open };
        (state.seen_by(actor, &place), place)
    }))
}

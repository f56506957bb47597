//! The questions a desk asks. In the browser each is a POST with a JSON body to a stable address; on the
//! server each goes to the `DeskSource` of the person who is signed in. None answers to GET.

use super::duties::{DutyRow, KeptEntry};
use super::reports::ReportRow;
use super::students::{StudentFile, StudentRow, StudentsAsked, Unlisted};
use super::village::VillageAsked;
use super::visits::{VisitFile, VisitRow, VisitsAsked};
use super::{Begun, Fault, Paged};
use domain::ids::{EntryId, StudentId};
use domain::review::Verdict;
use domain::safeguarding::SafeguardingHandled;
use domain::vocabulary::Settled;
use leptos::prelude::server;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use super::source::source;

/// Who sits here, and what surrounds them.
#[server(prefix = "/api/v1/desk", endpoint = "begin", input = Json, output = Json)]
pub async fn begin() -> Result<Begun, Fault> {
    source()?.begin().await
}

/// A page of visits.
#[server(prefix = "/api/v1/desk", endpoint = "visits", input = Json, output = Json)]
pub async fn visits(asked: VisitsAsked) -> Result<Paged<VisitRow>, Fault> {
    source()?.visits(asked).await
}

/// One visit, whole.
#[server(prefix = "/api/v1/desk", endpoint = "visit", input = Json, output = Json)]
pub async fn visit(entry: EntryId) -> Result<VisitFile, Fault> {
    source()?.visit(entry).await
}

/// 看过 or 请您补一点.
#[server(prefix = "/api/v1/desk", endpoint = "review", input = Json, output = Json)]
pub async fn review(entry: EntryId, verdict: Verdict, words: Option<String>) -> Result<(), Fault> {
    source()?.review(entry, verdict, words).await
}

/// What the villages are asked.
#[server(prefix = "/api/v1/desk", endpoint = "villages", input = Json, output = Json)]
pub async fn villages() -> Result<Paged<VillageAsked>, Fault> {
    source()?.villages().await
}

/// A page of children.
#[server(prefix = "/api/v1/desk", endpoint = "students", input = Json, output = Json)]
pub async fn students(asked: StudentsAsked) -> Result<Paged<StudentRow>, Fault> {
    source()?.students(asked).await
}

/// One child's file.
#[server(prefix = "/api/v1/desk", endpoint = "student", input = Json, output = Json)]
pub async fn student(id: StudentId) -> Result<StudentFile, Fault> {
    source()?.student(id).await
}

/// Settles which value of a field stands.
#[server(prefix = "/api/v1/desk", endpoint = "decide", input = Json, output = Json)]
pub async fn decide(student: StudentId, field: String, value: Option<String>) -> Result<(), Fault> {
    source()?.decide(student, field, value).await
}

/// What the reader owes.
#[server(prefix = "/api/v1/desk", endpoint = "duties", input = Json, output = Json)]
pub async fn duties(page: u32) -> Result<Paged<DutyRow>, Fault> {
    source()?.duties(page).await
}

/// An entry that was kept for the office.
#[server(prefix = "/api/v1/desk", endpoint = "kept", input = Json, output = Json)]
pub async fn kept(entry: EntryId) -> Result<KeptEntry, Fault> {
    source()?.kept(entry).await
}

/// 办结: what came of a child found in a house; 收下 or 不收 of an entry that was kept.
#[server(prefix = "/api/v1/desk", endpoint = "settle", input = Json, output = Json)]
pub async fn settle(entry: EntryId, how: Settled, words: Option<String>) -> Result<(), Fault> {
    source()?.settle(entry, how, words).await
}

/// Says where a child is that the newest roster lacks.
#[server(prefix = "/api/v1/desk", endpoint = "unlisted", input = Json, output = Json)]
pub async fn say_unlisted(student: StudentId, is: Unlisted) -> Result<(), Fault> {
    source()?.unlisted(student, is).await
}

/// 单独上报.
#[server(prefix = "/api/v1/desk", endpoint = "reports", input = Json, output = Json)]
pub async fn reports(page: u32) -> Result<Paged<ReportRow>, Fault> {
    source()?.reports(page).await
}

/// 已处理: what was done about a report.
#[server(prefix = "/api/v1/desk", endpoint = "handle", input = Json, output = Json)]
pub async fn handle(handled: SafeguardingHandled) -> Result<(), Fault> {
    source()?.handle(handled).await
}

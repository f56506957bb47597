//! 单独上报, for the headteacher and the designated person.

use super::drawer::Fact;
use super::frame::Screen;
use super::load::{Answered, load};
use super::query::Query;
use super::table::{Total, page_of};
use super::{begun, said};
use crate::desk::reports::ReportRow;
use crate::desk::{Begun, Paged, functions};
use crate::words::{say, say_with};
use domain::entry::Body;
use domain::safeguarding::Authority;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Reports() -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    let page = Memo::new(move |_| query.page());
    let loaded = load(move || {
        let page = page.get();
        Some(async move { functions::reports(page).await })
    });
    let show = move |paged: Paged<ReportRow>| {
        page_of(
            paged,
            || say("desk.reports.none").to_owned(),
            |rows| {
                let rows = rows.iter().map(|row| report(&begun, row)).collect_view();
                view! { <ol class="reports">{rows}</ol> }.into_any()
            },
        )
    };
    view! {
        <Screen
            title=say("desk.nav.reports").to_owned()
            aside=move || view! { <Total paged=loaded.value key="desk.reports.total" /> }
        >
            <Answered loaded=loaded show=show />
        </Screen>
    }
}

const fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::Police => "desk.authority.police",
        Authority::Civil => "desk.authority.civil",
        Authority::Education => "desk.authority.education",
    }
}

fn report(begun: &Begun, row: &ReportRow) -> AnyView {
    let Body::SafeguardingReport(report) = &row.seen.entry.body else { return ().into_any() };
    let name = row.name.clone().unwrap_or_else(|| say("desk.reports.unnamed").to_owned());
    let class = row.class.map(|id| said::class(begun, id));
    let told = said::list(report.reported_to.iter().map(|to| say(authority(*to)).to_owned()));
    let line = say_with(
        "desk.file.by",
        &[("who", &row.seen.author_name), ("at", &said::moment(begun, row.seen.received_at))],
    );
    let author = begun.directory.people.iter().find(|p| p.id == row.seen.author && !p.phone.is_empty());
    let call = author.map(|author| {
        let words = say_with("desk.reports.call", &[("who", &author.name), ("number", &author.phone)]);
        view! { <a class="call" href=format!("tel:{}", author.phone)>{words}</a> }
    });
    let facts = [
        ("desk.reports.noticed", said::moment(begun, report.noticed_at)),
        ("desk.reports.place", report.place.clone().unwrap_or_default()),
        ("desk.reports.told", told),
        ("desk.reports.receipt", report.receipt.clone().unwrap_or_default()),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| view! { <Fact name=say(key) value=value /> })
        .collect_view();
    view! {
        <li class="report">
            <h2>
                <bdi>{name}</bdi>
                " "
                <span class="hint">{class}</span>
            </h2>
            <p class="words">{report.what.clone()}</p>
            <dl class="facts">{facts}</dl>
            <p class="hint">{line}</p>
            {call}
        </li>
    }
    .into_any()
}

//! 入户走访记录表 (R10): one visit on one page, with blanks for what was not asked, so that it can be signed
//! and filed. Black on white whatever the theme.

use super::load::{Answered, load};
use super::visit::supplement_lines;
use super::{begun, said};
use crate::desk::functions;
use crate::desk::visits::VisitFile;
use crate::words::{say, say_with};
use domain::entry::Body;
use domain::ids::EntryId;
use domain::visit::Visit;
use domain::vocabulary::{CallResult, Party, Side};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

/// The page.
#[component]
pub fn Print() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("visit").and_then(|id| id.parse::<Uuid>().ok()));
    let loaded = load(move || {
        let entry = EntryId(id.get().unwrap_or_default());
        Some(async move { functions::visit(entry).await })
    });
    view! {
        <nav class="print-bar">
            <a href=move || format!("/desk/visits?open={}", id.get().unwrap_or_default())>{say("desk.back")}</a>
            <button
                type="button"
                class="primary"
                on:click=move |_| {
                    // Where nothing can be printed, the browser has said so.
                    let _ = window().print();
                }
            >
                {say("desk.print_now")}
            </button>
        </nav>
        <main class="paper">
            <Answered loaded=loaded show=move |file: VisitFile| view! { <Sheet file=file /> }.into_any() />
        </main>
    }
}

#[component]
fn Sheet(file: VisitFile) -> impl IntoView {
    let begun = begun();
    let Body::Visit(visit) = &file.visit.entry.body else { return ().into_any() };
    let row = &file.row;
    Effect::new(move || document().set_title(say("desk.r10.title")));
    let school = file
        .basics
        .as_ref()
        .and_then(|basics| begun.directory.school(basics.school))
        .map(|school| school.name.clone())
        .unwrap_or_default();
    let guardians = file.basics.as_ref().map(|basics| {
        said::list(basics.guardians.iter().map(|g| format!("{} {}", g.relation.term(), g.name)))
    });
    let others = said::list(file.others.iter().map(|(_, name)| name.clone()));
    let child = said::list([row.name.clone(), school.clone(), said::class(&begun, row.class)]);
    let side =
        |side: Side| said::list(visit.participants.iter().filter(|p| p.side == side).map(|p| p.name.clone()));
    let when = match visit.ended_at {
        Some(ended) => format!("{} — {}", said::on_paper(visit.started_at), crate::dates::clock(ended)),
        None => said::on_paper(visit.started_at),
    };
    let written = say_with(
        "desk.r10.written",
        &[
            ("at", &said::on_paper(row.recorded_at)),
            ("number", &domain::entry::receipt_number(row.entry, row.received_at)),
        ],
    );
    let term = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let [main, second] = causes(visit);
    let answers = file.line.as_ref().map(|line| {
        let said = line.answers.iter().filter(|answer| !answer.disputed).map(|answer| {
            let who = answer.name.clone().unwrap_or_default();
            let how = say(super::answer::strength(answer.strength));
            format!(
                "{}（{} {who}，{how}，{}）",
                answer.result.term(),
                answer.role.term(),
                said::on_paper(answer.at)
            )
        });
        said.collect::<Vec<_>>().join("\n")
    });
    let remark = [
        visit.remark.clone(),
        Some(said::list(visit.difficulties.iter().map(|d| d.term().to_owned()))).filter(|d| !d.is_empty()),
    ];
    let remark = remark.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let added = said::list(
        file.beside
            .iter()
            .filter_map(|seen| match &seen.entry.body {
                Body::Supplement(supplement) => Some(supplement),
                _ => None,
            })
            .flat_map(supplement_lines)
            .map(|(name, value)| format!("{name}：{value}")),
    );
    view! {
        <article class="r10">
            <h1>{say("desk.r10.title")}</h1>
            <p class="head">
                <span>{school}</span>
                <span>{say_with("desk.r10.kind", &[("kind", row.kind.term())])}</span>
            </p>
            <table>
                <tbody>
                    <Line n="①" key="household" value=said::list([row.household.clone(), said::village(&begun, row.village)]) />
                    <Line n="" key="child" value=child />
                    <Line n="" key="others" value=others />
                    <Line n="" key="guardians" value=guardians.unwrap_or_default() />
                    <Line n="②" key="when" value=when />
                    <Line n="" key="school" value=side(Side::School) />
                    <Line n="" key="village" value=side(Side::Village) />
                    <Line n="" key="township" value=side(Side::Township) />
                    <Line n="③" key="met" value=met(visit) />
                    <Line n="④" key="whereabouts" value=term(visit.whereabouts.as_ref().map(|w| w.term())) />
                    <Line n="⑤" key="cause" value=main />
                    <Line n="" key="cause_second" value=second />
                    <Line n="⑥" key="guardian_attitude" value=term(visit.guardian_attitude.as_ref().map(|a| a.term())) />
                    <Line n="" key="student_attitude" value=term(visit.student_attitude.as_ref().map(|a| a.term())) />
                    <Line n="⑦" key="rules" value=if visit.explained_rules { say("desk.r10.explained").to_owned() } else { String::new() } />
                    <Line n="⑧" key="family" value=promises(&begun, visit, &Party::Family) />
                    <Line n="" key="ours" value=promises(&begun, visit, &Party::School) />
                    <Line n="⑨" key="difficulties" value=remark />
                    <Line n="" key="added" value=added />
                    <Line n="⑩" key="next" value=visit.next_follow_up_on.map(|on| on.to_string()).unwrap_or_default() />
                    <Line n="⑪" key="confirmed" value=answers.unwrap_or_default() tall=true />
                    <Line n="⑫" key="signature" value=term(visit.signature.as_ref().map(|s| s.term())) tall=true />
                    <Line n="⑬" key="visitor" value=row.author_name.clone() tall=true />
                </tbody>
            </table>
            <p class="foot">{written}</p>
        </article>
    }
    .into_any()
}

/// A line of the form; without a value a blank to write in.
#[component]
fn Line(
    n: &'static str,
    key: &'static str,
    value: String,
    /// Room for a signature.
    #[prop(optional)]
    tall: bool,
) -> impl IntoView {
    view! {
        <tr class:tall=tall>
            <td class="n">{n}</td>
            <th scope="row">{say(&format!("desk.r10.{key}"))}</th>
            <td class="value">{value}</td>
        </tr>
    }
}

fn causes(visit: &Visit) -> [String; 2] {
    let mut causes = visit.causes.iter().map(|cause| cause.term().to_owned());
    [causes.next().unwrap_or_default(), said::list(causes)]
}

fn met(visit: &Visit) -> String {
    let called = visit
        .calls
        .iter()
        .filter(|call| call.result == CallResult::Reached)
        .map(|call| say_with("desk.r10.called", &[("who", call.relation.term())]));
    let met = said::list(visit.met.iter().map(said::met).chain(called));
    if met.is_empty() { visit.outcome.term().to_owned() } else { met }
}

fn promises(begun: &crate::desk::Begun, visit: &Visit, by: &Party) -> String {
    let mine = visit.commitments.iter().filter(|c| c.by == *by);
    mine.map(|c| said::commitment(begun, c)).collect::<Vec<_>>().join("\n")
}

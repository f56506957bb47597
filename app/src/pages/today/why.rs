//! 为什么有这一条: what is owed at a house, the facts each duty stands on, the rule that makes it one, and
//! whom to tell when it is wrong.

use super::duty_line::{DutyLine, matter};
use super::house::House;
use super::row::DutyActs;
use crate::dates;
use crate::device;
use crate::phone::Phone;
use crate::ui::{Cell, Group, Sheet};
use crate::words::{say, say_with};
use chrono::NaiveDate;
use domain::actor::Role;
use domain::duty::Reason;
use domain::entry::Body;
use domain::ids::StudentId;
use domain::sync::Replica;
use leptos::prelude::*;

/// How many missed days are named one by one; more would not be read.
const NAMED: usize = 5;

/// The sheet.
#[component]
pub fn Why(house: RwSignal<Option<House>>) -> impl IntoView {
    let phone = Phone::get();
    let open = RwSignal::new(false);
    Effect::new(move || open.set(house.read().is_some()));
    Effect::new(move || {
        // Writing what is there already would wake the effect above, and it this one, for ever.
        if !open.get() && house.read_untracked().is_some() {
            house.set(None);
        }
    });
    let done = Callback::new(move |()| open.set(false));
    let shown = move || {
        house.get().map(|house| {
            let several = !house.others.is_empty();
            let reasons = house.lines().map(|line| {
                let facts = phone.replica.with_untracked(|replica| facts(line, replica));
                let acts = several.then(|| {
                    view! { <DutyActs line=line.clone() about=line.about.clone() then=done /> }
                });
                view! {
                    <li class="reason">
                        <div class="reason-words">
                            {facts.into_iter().map(|fact| view! { <p>{fact}</p> }).collect_view()}
                        </div>
                        {acts}
                    </li>
                }
            });
            let reasons = reasons.collect_view();
            let office = phone.replica.with_untracked(|replica| office(&house.first, replica));
            // 单独上报 may be about a child that its reader has not got: it is read at the desk.
            let at_desk = match &house.first.duty.reason {
                Reason::Safeguarding { entry } => Some(format!("/desk/reports?open={entry}")),
                _ => None,
            };
            view! {
                <p class="why"><bdi class="duty-about">{house.about.clone()}</bdi> {house.first.place.clone()}</p>
                <ul class="cells">{reasons}</ul>
                <Group>
                    {at_desk.is_none().then(|| files(&house))}
                    {office
                        .filter(|_| at_desk.is_none())
                        .map(|number| {
                            view! { <Cell title=say("why.wrong") press=Callback::new(move |()| device::call(&number)) /> }
                        })}
                    {at_desk.map(|desk| view! { <a class="cell link" href=desk rel="external">{say("why.read_at_desk")}</a> })}
                </Group>
            }
        })
    };
    view! { <Sheet open=open title=say("why.title")>{move || shown()}</Sheet> }
}

/// 看档案, of each child with its name where there are several.
fn files(house: &House) -> impl IntoView + use<> {
    let mut children: Vec<(StudentId, String)> = Vec::new();
    for line in house.lines() {
        let Some(child) = line.duty.student else { continue };
        if !children.iter().any(|(other, _)| *other == child) {
            children.push((child, line.about.clone()));
        }
    }
    let several = children.len() > 1;
    children
        .into_iter()
        .map(|(child, name)| {
            let title = if several {
                format!("{} · {name}", say("today.open_file"))
            } else {
                say("today.open_file").to_owned()
            };
            view! { <Cell title=title href=format!("/students/{child}") /> }
        })
        .collect_view()
}

fn facts(line: &DutyLine, replica: &Replica) -> Vec<String> {
    let today = device::today();
    let policy = &replica.directory.policy;
    let calendar = &replica.directory.calendar;
    let due = say_with("why.due", &[("day", &dates::day(line.duty.due_on, today))]);
    match &line.duty.reason {
        Reason::Absent { since, .. } => {
            let days: Vec<NaiveDate> = since
                .iter_days()
                .take_while(|d| *d <= today)
                .filter(|d| calendar.is_school_day(*d))
                .collect();
            let mut names: Vec<String> = days.iter().take(NAMED).map(|d| dates::month_day(*d)).collect();
            if days.len() > NAMED {
                names.push(say_with("why.more_days", &[("n", &days.len().to_string())]));
            }
            let fact = say_with("why.absent", &[("days", &names.join(say("list.comma")))]);
            let rule = say_with(
                "why.policy",
                &[
                    ("n", &policy.absence_visit_days.to_string()),
                    ("label", &version(&policy.label, policy.version)),
                ],
            );
            vec![fact, rule, due]
        }
        Reason::TermVisit { .. } => {
            let rule = say_with(
                "why.term",
                &[
                    ("n", &policy.visits_per_term.to_string()),
                    ("label", &version(&policy.label, policy.version)),
                ],
            );
            vec![rule, due]
        }
        Reason::Safeguarding { entry } => {
            vec![matter(&line.duty, replica, today), report(line, *entry, replica)]
        }
        _ => vec![matter(&line.duty, replica, today), due],
    }
}

/// 示例县第1版, or the bare number.
fn version(label: &str, version: u32) -> String {
    if label.is_empty() { say_with("why.version", &[("n", &version.to_string())]) } else { label.to_owned() }
}

/// 单独上报 is read here by those it is for, and stands in no list and no file.
fn report(line: &DutyLine, entry: domain::ids::EntryId, replica: &Replica) -> String {
    let file = line.duty.student.and_then(|id| replica.caseload.files.get(&id));
    let found = file.iter().flat_map(|f| &f.entries).find(|seen| seen.entry.id == entry);
    match found.map(|seen| (&seen.entry.body, seen)) {
        Some((Body::SafeguardingReport(report), seen)) => {
            let at = report.place.clone().unwrap_or_default();
            format!(
                "{} {at} {}：{}",
                dates::moment(report.noticed_at, device::now()),
                seen.author_name,
                report.what
            )
        }
        _ => say("why.report_elsewhere").to_owned(),
    }
}

/// The office's number: whom a teacher tells that a duty is wrong.
fn office(line: &DutyLine, replica: &Replica) -> Option<String> {
    let file = replica.caseload.files.get(&line.duty.student?)?;
    let school = file.student.state.basics.as_ref()?.school;
    let number = |phone: &String| !phone.is_empty();
    let clerk = replica.directory.holders(Role::Office, school.0).map(|p| p.phone.clone()).find(number);
    clerk.or_else(|| replica.directory.school(school).map(|s| s.phone.clone()).filter(number))
}

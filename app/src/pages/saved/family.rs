//! 给家长看 and 发短信: the same few lines, in large type on a white card or as a text message. Who came,
//! what was agreed, what the school does, when the next visit is, whom to call. No word that ranks.

use crate::dates;
use crate::device;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::Sheet;
use crate::words::{say, say_with};
use chrono::NaiveDate;
use domain::calendar::local_date;
use domain::directory::teacher_label;
use domain::ids::StudentId;
use domain::visit::{Commitment, Visit};
use domain::vocabulary::{Party, Promise, Relation};
use leptos::prelude::*;

/// The two links.
#[component]
pub fn ForFamily(visit: Visit, student: StudentId) -> impl IntoView {
    let phone = Phone::get();
    let card = RwSignal::new(false);
    let choosing = RwSignal::new(false);
    let lines = lines(&visit, phone, student);
    let text = StoredValue::new(lines.join(""));
    let numbers = StoredValue::new(numbers(phone, student));
    let send = move |number: &str| device::message(number, &text.get_value());
    let press = move |_| {
        let found = numbers.get_value();
        match found.as_slice() {
            [(_, only)] => send(only),
            _ => choosing.set(true),
        }
    };
    let lines = StoredValue::new(lines);
    let choices = move || {
        let found = numbers.get_value();
        if found.is_empty() {
            return view! { <p class="pad">{say("saved.no_number")}</p> }.into_any();
        }
        found
            .into_iter()
            .map(|(relation, number)| {
                let label = phrase::relation(&relation);
                view! {
                    <button type="button" class="secondary" on:click=move |_| send(&number)>{label}</button>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <button type="button" class="link" on:click=move |_| card.set(true)>{say("saved.show_family")}</button>
        <button type="button" class="link" on:click=press>{say("saved.message")}</button>
        <Sheet open=card title=say("saved.show_family")>
            <div class="family-card">
                {lines.get_value().into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            </div>
        </Sheet>
        <Sheet open=choosing title=say("saved.message_to")>
            <div class="pad stack">{choices()}</div>
        </Sheet>
    }
}

fn lines(visit: &Visit, phone: Phone, student: StudentId) -> Vec<String> {
    let today = device::today();
    let day = local_date(visit.started_at);
    let me = phone.me.get_untracked().map(|me| me.name).unwrap_or_default();
    let on = if day == today { say("day.today").to_owned() } else { dates::long_day(day) };
    let mut lines = vec![say_with("family.came", &[("who", &teacher_label(&me)), ("day", &on)])];
    let side = |party: Party| visit.commitments.iter().filter(move |c| c.by == party);
    let family: Vec<String> = side(Party::Family).map(agreed).collect();
    if !family.is_empty() {
        lines.push(say_with("family.agreed", &[("what", &family.join(say("list.comma")))]));
    }
    let school: Vec<String> = side(Party::School).map(|c| phrase::promise(&c.what)).collect();
    if !school.is_empty() {
        lines.push(say_with(
            "family.school",
            &[("who", &teacher_label(&me)), ("what", &school.join(say("list.comma")))],
        ));
    }
    if let Some(next) = visit.next_follow_up_on {
        lines.push(say_with("family.next", &[("day", &whole_day(next))]));
    }
    let number = phone.replica.with_untracked(|replica| {
        let file = replica.caseload.files.get(&student)?;
        let school = file.student.state.basics.as_ref()?.school;
        replica.directory.school(school).map(|s| s.phone.clone())
    });
    lines.extend(number.filter(|n| !n.is_empty()).map(|n| say_with("family.phone", &[("phone", &n)])));
    lines
}

/// 周一 11月23日 前送孩子到校
fn agreed(commitment: &Commitment) -> String {
    match commitment.due_on {
        Some(due) if commitment.what == Promise::BringToSchool => {
            say_with("family.bring", &[("day", &whole_day(due))])
        }
        _ => commitment.words.clone().unwrap_or_else(|| phrase::promise(&commitment.what)),
    }
}

fn whole_day(on: NaiveDate) -> String {
    format!("{} {}", dates::weekday(on), dates::long_day(on))
}

fn numbers(phone: Phone, student: StudentId) -> Vec<(Relation, String)> {
    phone.replica.with_untracked(|replica| {
        let file = replica.caseload.files.get(&student);
        let basics = file.and_then(|f| f.student.state.basics.as_ref());
        let guardians = basics.map(|b| b.guardians.as_slice()).unwrap_or_default();
        guardians.iter().filter_map(|g| Some((g.relation.clone(), g.phone.clone()?))).collect()
    })
}

//! Two values for one field: both are shown; the office decides with one tap, a teacher sees that it is
//! waiting.

use crate::pages::today::duty_line::field_words;
use crate::phone::Phone;
use crate::ui::NotKept;
use crate::words::{say, say_with};
use crate::writing::Writing;
use domain::actor::Role;
use domain::entry::Body;
use domain::ids::StudentId;
use domain::register::{Register, Source};
use domain::student::{Proposal, StudentState};
use leptos::prelude::*;

/// The proposals of a file.
#[component]
pub fn Proposals(student: StudentId, state: StudentState) -> impl IntoView {
    let phone = Phone::get();
    let decides = phone.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.is(Role::Office)));
    let basics = state.basics;
    let rows: Vec<AnyView> = state
        .proposals
        .into_iter()
        .map(|proposal| {
            let current = basics.as_ref().and_then(|b| b.get(&proposal.field));
            let writing = Writing::new(phone);
            let wait = say("file.waits_for_office");
            // 不是一家 has no value to put in place: the desk settles it.
            let settles = decides && proposal.field != "household";
            let choose = move |to: Option<String>, proposal: &Proposal, from: Option<String>| {
                let register = Register { field: proposal.field.clone(), from, to, source: Source::Decision };
                writing.about(student, Body::Register(register), || ());
            };
            let title = words(&proposal, current.as_deref());
            let (theirs, ours) = (proposal.clone(), proposal);
            let stays = current.clone();
            view! {
                <div class="cell proposal">
                    <p>{title}</p>
                    {if settles {
                        view! {
                            <div class="acts">
                                <button
                                    type="button"
                                    class="act"
                                    on:click=move |_| choose(theirs.value.clone(), &theirs, current.clone())
                                >
                                    {say("file.take_new")}
                                </button>
                                <button
                                    type="button"
                                    class="act"
                                    on:click=move |_| choose(stays.clone(), &ours, stays.clone())
                                >
                                    {say("file.keep_old")}
                                </button>
                            </div>
                            <NotKept why=writing.failed />
                        }
                            .into_any()
                    } else {
                        view! { <p class="hint">{wait}</p> }.into_any()
                    }}
                </div>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="group">
                <h2 class="group-label">{say("file.proposals")}</h2>
                <div class="cells">{rows}</div>
            </section>
        }
    })
}

fn words(proposal: &Proposal, current: Option<&str>) -> String {
    if proposal.field == "household" {
        return say_with("file.household_doubt", &[("who", &proposal.by)]);
    }
    let empty = say("file.empty");
    let shown = |value: Option<&str>| match value {
        Some(value) if proposal.field.ends_with("phone") => domain::phone::masked(value),
        Some(value) => value.to_owned(),
        None => empty.to_owned(),
    };
    say_with(
        "file.proposal",
        &[
            ("field", &field_words(&proposal.field)),
            ("now", &shown(current)),
            ("who", &proposal.by),
            ("new", &shown(proposal.value.as_deref())),
        ],
    )
}

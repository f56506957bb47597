//! N 没见到人: a valid result that counts against nobody (不让进门 too). Saved from here.

use super::door::Door;
use super::promises::FollowUpLine;
use crate::phrase;
use crate::ui::{Chip, Chips, Group, Note};
use crate::words::say;
use domain::visit::form::Nobody;
use domain::vocabulary::Outcome;
use leptos::prelude::*;

const OUTCOMES: [Outcome; 4] =
    [Outcome::NotHome, Outcome::Moved, Outcome::RefusedEntry, Outcome::WrongAddress];

/// The screen.
#[component]
pub fn NobodyThere(door: Door) -> impl IntoView {
    // Whoever comes here by address or by going forward again means it.
    if door.form.with_untracked(|f| f.nobody.is_none()) {
        door.change(|f| f.set_nobody(true));
    }
    let chips = OUTCOMES.map(|outcome| {
        let same = outcome.clone();
        view! {
            <Chip
                label=phrase::outcome(&outcome)
                on=door.read(move |f| f.nobody.as_ref().is_some_and(|n| n.outcome.as_ref() == Some(&same)))
                press=door.press_to(move |f| {
                    if let Some(nobody) = &mut f.nobody {
                        nobody.outcome = Some(outcome.clone());
                    }
                })
            />
        }
    });
    let also = move |key: &'static str, part: fn(&mut Nobody) -> &mut bool| {
        view! {
            <Chip
                label=say(key)
                on=door.read(move |f| f.nobody.clone().is_some_and(|mut n| *part(&mut n)))
                press=door.press_to(move |f| {
                    if let Some(nobody) = &mut f.nobody {
                        let value = part(nobody);
                        *value = !*value;
                    }
                })
            />
        }
    };
    view! {
        <section class="group" id="outcome">
            <Chips question=say("visit.nobody_ask")>{chips.collect_view()}</Chips>
            <Chips question=say("visit.nobody_also") hint=say("visit.optional")>
                {also("visit.left_note", |n| &mut n.left_note)}
                {also("visit.asked_neighbour", |n| &mut n.asked_neighbour)}
            </Chips>
        </section>
        <Group>
            <FollowUpLine door=door key="visit.again" />
        </Group>
        <Remark door=door />
    }
}

/// 一句话（可不写）
#[component]
pub fn Remark(door: Door) -> impl IntoView {
    let value = RwSignal::new(door.form.with_untracked(|f| f.remark.clone()));
    let keep = Callback::new(move |()| door.change(|f| f.remark = value.get_untracked()));
    view! {
        <section class="group">
            <Note id="remark" label=say("visit.remark") hint=say("visit.remark_hint") value=value changed=keep />
        </section>
    }
}

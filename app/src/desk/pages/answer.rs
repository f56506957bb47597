//! Where a visit stands: what the village said, in which strength, and what the office said.

use super::drawer::Fact;
use super::said;
use crate::desk::Begun;
use crate::desk::visits::Look;
use crate::ui::tag::{Mark, Tag};
use crate::words::{say, say_with};
use domain::confirmation::{Answer, Standing, Strength};
use leptos::prelude::*;

/// The key of the words for a strength.
pub const fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::SignedIn => "desk.strength.signed_in",
        Strength::ByCode => "desk.strength.by_code",
        Strength::TeachersPhone => "desk.strength.teachers_phone",
        Strength::OnPaper => "desk.strength.on_paper",
    }
}

/// The key of the words for a standing.
pub const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::NotNeeded => "desk.standing.not_needed",
        Standing::Waiting => "desk.standing.waiting",
        Standing::Confirmed => "desk.standing.confirmed",
        Standing::Corrected => "desk.standing.corrected",
        Standing::Unable => "desk.standing.unable",
        Standing::ChangedAfter => "desk.standing.changed_after",
    }
}

/// The key of the words for a look.
pub const fn look(look: Look) -> &'static str {
    match look {
        Look::Waiting => "desk.look.waiting",
        Look::PleaseAdd => "desk.look.please_add",
        Look::Seen => "desk.look.seen",
    }
}

/// Where a visit stands with the village; nothing when nobody is asked.
#[component]
pub fn StandingTag(value: Standing) -> impl IntoView {
    let mark = match value {
        Standing::NotNeeded => return ().into_any(),
        Standing::Waiting => Mark::VillageWaiting,
        Standing::Confirmed => Mark::VillageConfirmed,
        Standing::Corrected => Mark::VillageCorrected,
        Standing::Unable => Mark::Paper,
        Standing::ChangedAfter => Mark::Changed,
    };
    view! { <Tag mark=mark word=say(standing(value)).to_owned() /> }.into_any()
}

/// Whether the office has looked.
#[component]
pub fn LookTag(value: Look) -> impl IntoView {
    let mark = match value {
        Look::Waiting => Mark::Draft,
        Look::PleaseAdd => Mark::PleaseAdd,
        Look::Seen => Mark::Received,
    };
    view! { <Tag mark=mark word=say(look(value)).to_owned() /> }
}

/// One answer of the village, in one line of each: what, who, how, when.
pub fn answer(begun: &Begun, answer: &Answer, mark: &str) -> impl IntoView + use<> {
    let who = match &answer.name {
        Some(name) => format!("{} {name}", answer.role.term()),
        None => answer.role.term().to_owned(),
    };
    let at = said::moment(begun, answer.at);
    let how = say_with("desk.answer.how", &[("how", say(strength(answer.strength))), ("at", &at)]);
    let differs = said::list(answer.discrepancies.iter().map(|d| d.term().to_owned()));
    let notes = [
        answer.disputed.then(|| say("desk.answer.disputed")),
        answer.shown.as_deref().is_some_and(|shown| shown != mark).then(|| say("desk.answer.changed")),
    ];
    view! {
        <dl class="facts">
            <Fact name=answer.result.term().to_owned() value=who />
            {(!differs.is_empty()).then(|| view! { <Fact name=say("desk.answer.differs") value=differs.clone() /> })}
            {answer.comment.clone().map(|c| view! { <Fact name=say("desk.answer.comment") value=c /> })}
        </dl>
        <p class="hint">{how}</p>
        {notes.into_iter().flatten().map(|note| view! { <p class="warn">{note}</p> }).collect_view()}
    }
}

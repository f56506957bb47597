//! The village's own screens (ux 6.4): large type, no tabs, no unlock code, nothing to install twice.
//! What waits, who is coming, what was answered, and what was answered in one's name.

pub mod answered;
pub mod coming;
pub mod home;
pub mod in_my_name;

use crate::device;
use crate::local::LocalError;
use crate::phone::Phone;
use crate::words::say;
use domain::actor::{Actor, Role, Scope};
use domain::card::list::{List, post_in};
use domain::ids::VillageId;
use domain::sync::NewEntry;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::village::{Given, Question};

/// The village's screens; which, the address says.
#[component]
pub fn Cadre() -> impl IntoView {
    let params = use_params_map();
    move || match params.read().get("page").as_deref() {
        Some("answered") => view! { <answered::Answered /> }.into_any(),
        Some("in-my-name") => view! { <in_my_name::InMyName /> }.into_any(),
        _ => view! { <home::Home /> }.into_any(),
    }
}

/// The village's list on this phone, kept up with it.
fn list(phone: Phone) -> Memo<List> {
    Memo::new(move |_| match &*phone.me.read() {
        Some(me) => List::of(&phone.replica.read(), me),
        None => List::default(),
    })
}

/// Villages the person answers for.
pub fn villages(me: &Actor) -> Vec<VillageId> {
    let places = me.places(Role::Cadre).filter_map(|scope| match scope {
        Scope::Village(village) => Some(village),
        _ => None,
    });
    places.collect()
}

/// The name of a village on this phone.
pub fn village_name(phone: Phone, village: VillageId) -> String {
    phone.replica.with(|replica| {
        replica.directory.village(village).map_or_else(|| say("cadre.title").to_owned(), |v| v.name.clone())
    })
}

/// The entry of an answer given in one's own name; `None` for whom the village is not asked.
pub fn signed(phone: Phone, question: &Question, given: &Given) -> Option<NewEntry> {
    let me = phone.me.read_untracked();
    let me = me.as_ref()?;
    let role = post_in(me, question.village)?.clone();
    Some(question.answered(given, role, Some(me.name.clone())))
}

/// Writes an answer down and says so by a short buzz.
///
/// # Errors
/// It was not kept.
pub async fn give(phone: Phone, entry: Option<NewEntry>) -> Result<(), LocalError> {
    phone.record(vec![entry.ok_or(LocalError::Refused)?], None).await?;
    device::vibrate();
    Ok(())
}

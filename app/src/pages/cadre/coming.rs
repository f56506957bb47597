//! 老师要来: who is expected, a call to the teacher, and a word that nobody asked for.

use crate::device;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Chip, Chips, NotKept, Note, Sheet};
use crate::words::{say, say_with};
use crate::writing::{self, Writing};
use domain::card::Card;
use domain::confirmation::{Told, VillageNote};
use domain::directory::{household_label, teacher_label};
use domain::entry::{Body, Subject};
use domain::sync::NewEntry;
use leptos::prelude::*;

/// One child a teacher is about to come for.
#[component]
pub fn Coming(card: Card) -> impl IntoView {
    let telling = RwSignal::new(false);
    let said = RwSignal::new(false);
    let call = card.teacher_phone.clone().map(|number| {
        view! {
            <button type="button" class="secondary" on:click=move |_| device::call(&number)>
                {say("cadre.call")}
            </button>
        }
    });
    let (village, about, label) = (card.village, card.student, household_label(&card.name));
    let note = move |(told, words): (Option<Told>, Option<String>)| {
        let note = VillageNote { about: Some(about), told, words };
        writing::entry(Subject::Village(village), label.clone(), Body::VillageNote(note))
    };
    let kept = move |()| {
        device::vibrate();
        telling.set(false);
        said.set(true);
    };
    let state = if card.absent { say("cadre.absent") } else { say("cadre.visit_due") };
    view! {
        <div class="house coming">
            <h2><bdi>{card.name.clone()}</bdi></h2>
            <p>{card.class.clone()}</p>
            <p><bdi>{card.address.clone()}</bdi></p>
            <p>{say_with("cadre.who_comes", &[("who", &teacher_label(&card.teacher)), ("state", state)])}</p>
            <p class="done" role="status" hidden=move || !said.get()>{say("cadre.told")}</p>
            <div class="two">
                {call}
                <button type="button" class="secondary" on:click=move |_| telling.set(true)>{say("cadre.tell")}</button>
            </div>
            <Sheet open=telling title=say("cadre.tell")>
                <Tell note=note.clone() kept=kept />
            </Sheet>
        </div>
    }
}

/// 说一句. To be made in the sheet, so that each opening is a new writing.
#[component]
fn Tell(
    #[prop(into)] note: Callback<(Option<Told>, Option<String>), NewEntry>,
    #[prop(into)] kept: Callback<()>,
) -> impl IntoView {
    let writing = Writing::new(Phone::get());
    let told = RwSignal::new(None::<Told>);
    let words = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    let chips = Told::ALL.map(|each| {
        let press = move |()| told.update(|told| *told = if *told == Some(each) { None } else { Some(each) });
        view! { <Chip label=phrase::told(each) on=Signal::derive(move || told.get() == Some(each)) press=press /> }
    });
    let hand = move |_| {
        let said = words.read_untracked().trim().to_owned();
        if told.read_untracked().is_none() && said.is_empty() {
            missing.set(true);
        } else {
            let note = note.run((told.get_untracked(), Some(said).filter(|said| !said.is_empty())));
            writing.write(vec![note], move || kept.run(()));
        }
    };
    view! {
        <Chips question=say("cadre.where_now")>{chips.collect_view()}</Chips>
        <Note id="words" label=say("answer.comment") value=words longest=domain::length::WORDS />
        <div class="pad in-reach">
            <p role="status" hidden=move || !missing.get()>{say("answer.choose")}</p>
            <NotKept why=writing.failed />
            <button type="button" class="primary" on:click=hand>{say("answer.hand")}</button>
        </div>
    }
}

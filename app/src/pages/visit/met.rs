//! K2 见到: the one question that has to be answered. People are tiles of the file; who is away can be
//! called from the doorstep.

use super::door::Door;
use crate::device;
use crate::phrase;
use crate::ui::{Chip, Chips, Opened, Tile, Tiles};
use crate::words::{say, say_with};
use domain::visit::form::{Person, Step, VisitForm};
use domain::vocabulary::{CallResult, Interpreter, Language};
use leptos::prelude::*;

/// The screen.
#[component]
pub fn Met(door: Door) -> impl IntoView {
    let form = door.form.get_untracked();
    let (mut family, mut others) = (Vec::new(), Vec::new());
    for (at, person) in form.people.iter().enumerate() {
        let side = if person.guardian.is_some() { &mut family } else { &mut others };
        side.push(tile(door, at, person, &form));
    }
    let first = form.children.iter().position(|c| c.own && c.ticked);
    let children = form.children.iter().enumerate().filter(|(_, c)| !c.doubted).map(|(at, child)| {
        let note = if first == Some(at) { say("visit.child_self").to_owned() } else { child.class.clone() };
        view! {
            <Tile
                label=child.name.clone()
                note=note
                on=door.read(move |f| f.children.get(at).is_some_and(|c| c.met))
                press=door.press_to(move |f| {
                    f.nobody = None;
                    f.children.iter_mut().skip(at).take(1).for_each(|c| c.met = !c.met);
                })
            />
        }
    });
    let children = children.collect_view();
    let calls = form.people.iter().enumerate().filter(|(_, p)| p.away.is_some());
    let calls = calls.map(|(at, person)| call(door, at, person)).collect_view();
    let spoken = door.read(|f| f.nobody.is_none());
    view! {
        <section class="group" id="met">
            <Tiles question=say("visit.met.ask") hint=say("visit.several")>
                {family}
                {children}
                {others}
                <Tile
                    label=say("visit.nobody")
                    wide=true
                    on=door.read(|f| f.nobody.is_some())
                    press=Callback::new(move |()| {
                        door.change(|f| f.set_nobody(true));
                        door.trail.on(Step::Nobody);
                    })
                />
            </Tiles>
        </section>
        {calls}
        {form.asks_language.then(|| view! { <Show when=move || spoken.get()><Spoken door=door /></Show> })}
    }
}

fn tile(door: Door, at: usize, person: &Person, form: &VisitForm) -> AnyView {
    let called = phrase::person(person);
    // Of several guardians the one who is not away looks after the child.
    let carer = person.guardian.is_some()
        && person.away.is_none()
        && form.people.iter().any(|p| p.guardian.is_some() && p.away.is_some());
    let note = match (&person.away, carer) {
        // The dot ends a line rather than begin one.
        (Some(away), _) => format!("{called}\u{a0}· {away}"),
        (None, true) => format!("{called}\u{a0}· {}", say("visit.carer")),
        (None, false) => called.clone(),
    };
    let (label, note) =
        if person.name.is_empty() { (called, String::new()) } else { (person.name.clone(), note) };
    view! {
        <Tile
            label=label
            note=note
            on=door.read(move |f| f.people.get(at).is_some_and(|p| p.met))
            press=door.press_to(move |f| {
                f.nobody = None;
                f.people.iter_mut().skip(at).take(1).for_each(|p| p.met = !p.met);
            })
        />
    }
    .into_any()
}

/// 给父亲打个电话？
fn call(door: Door, at: usize, person: &Person) -> AnyView {
    let question = say_with("visit.call.ask", &[("who", &phrase::person(person))]);
    let dial = person.phone.clone().map(|phone| {
        view! { <Chip label=say("call.dial") press=Callback::new(move |()| device::call(&phone)) /> }
    });
    let results = CallResult::ALL.iter().map(move |result| {
        view! {
            <Chip
                label=phrase::worded("call", result.code(), result.term())
                on=door.read(move |f| f.people.get(at).is_some_and(|p| p.call.as_ref() == Some(result)))
                press=door.press_to(move |f| {
                    f.people.iter_mut().skip(at).take(1).for_each(|p| {
                        p.call = if p.call.as_ref() == Some(result) { None } else { Some(result.clone()) };
                    });
                })
            />
        }
    });
    view! {
        <section class="group">
            <Chips question=question>{dial} {results.collect_view()}</Chips>
        </section>
    }
    .into_any()
}

/// Asked where the file does not say it.
#[component]
fn Spoken(door: Door) -> impl IntoView {
    let asked = RwSignal::new(door.form.with_untracked(|f| f.interpreter.is_some()));
    let languages = [Language::Mandarin, Language::Uyghur, Language::Dialect].map(|language| {
        let same = language.clone();
        view! {
            <Chip
                label=phrase::worded("language", language.code(), language.term())
                on=door.read(move |f| f.language.as_ref() == Some(&same))
                press=door.press_to(move |f| {
                    f.language = if f.language.as_ref() == Some(&language) { None } else { Some(language.clone()) };
                })
            />
        }
    });
    let who = move || {
        let chips = Interpreter::ALL.iter().map(move |who| {
                view! {
                    <Chip
                        label=phrase::worded("interpreter", who.code(), who.term())
                        on=door.read(move |f| f.interpreter.as_ref() == Some(who))
                        press=door.press_to(move |f| {
                            f.interpreter = if f.interpreter.as_ref() == Some(who) { None } else { Some(who.clone()) };
                        })
                    />
                }
            });
        view! { <Chips question=say("visit.interpreter")>{chips.collect_view()}</Chips> }
    };
    view! {
        <section class="group">
            <Chips question=say("visit.language")>
                {languages.collect_view()}
                <Chip
                    label=say("visit.interpreted")
                    on=Signal::derive(move || asked.get())
                    press=Callback::new(move |()| {
                        asked.update(|asked| *asked = !*asked);
                        if !asked.get_untracked() {
                            door.change(|f| f.interpreter = None);
                        }
                    })
                />
            </Chips>
            <Opened when=asked>{who()}</Opened>
        </section>
    }
}

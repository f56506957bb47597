//! K3 情况: where a missing child is, why, and whether it wants to come back. One block a ticked child.
//! Causes stand in a fixed order, never re-sorted: the thumb remembers places.

use super::door::Door;
use super::who::change;
use crate::phrase;
use crate::ui::{Cell, Chip, Chips, Next, Opened, Sheet};
use crate::words::{say, say_with};
use domain::visit::form::ChildLine;
use domain::vocabulary::{Cause, StudentAttitude, Whereabouts};
use leptos::prelude::*;

const PLACES: [Whereabouts; 6] = [
    Whereabouts::Home,
    Whereabouts::Working,
    Whereabouts::OtherSchool,
    Whereabouts::Relatives,
    Whereabouts::Hospital,
    Whereabouts::NotKnown,
];

/// Not for an open glass: behind 其他….
const OTHER_PLACES: [Whereabouts; 2] = [Whereabouts::Married, Whereabouts::Other];

const CAUSES: [Cause; 5] =
    [Cause::SchoolWeary, Cause::LearningDifficulty, Cause::Work, Cause::ParentsAway, Cause::Illness];

/// 和老师同学有矛盾
const CONFLICTS: [Cause; 2] = [Cause::TeacherConflict, Cause::Bullying];

/// Behind 更多…, in three groups (ux 5.5).
const MORE: [(&str, &[Cause]); 3] = [
    (
        "visit.cause.family",
        &[
            Cause::Poverty,
            Cause::FamilyBreakup,
            Cause::UselessBelief,
            Cause::Moved,
            Cause::Distance,
            Cause::Disaster,
        ],
    ),
    (
        "visit.cause.child",
        &[Cause::Disability, Cause::Psych, Cause::Net, Cause::EarlyMarriage, Cause::Religion],
    ),
    ("visit.cause.other", &[Cause::AltEdu, Cause::Unreachable, Cause::Other]),
];

/// The screen.
#[component]
pub fn Situation(door: Door) -> impl IntoView {
    let form = door.form.get_untracked();
    let own: Vec<usize> =
        form.children.iter().enumerate().filter(|(_, c)| c.own && c.ticked).map(|(at, _)| at).collect();
    let several = own.len() > 1;
    let others = form.children.iter().enumerate().filter(|(_, c)| !c.own && !c.met && !c.doubted);
    let others = others.map(|(at, child)| other(door, at, child)).collect_view();
    view! {
        {own.into_iter().map(|at| view! { <Child door=door at=at named=several /> }).collect_view()}
        {others}
    }
}

fn child<T: Send + Sync + 'static>(
    door: Door,
    at: usize,
    part: impl Fn(&ChildLine) -> T + Send + Sync + 'static,
) -> Signal<Option<T>> {
    door.read(move |f| f.children.get(at).map(&part))
}

fn change_child(
    door: Door,
    at: usize,
    change: impl Fn(&mut ChildLine) + Send + Sync + 'static,
) -> Callback<()> {
    door.press_to(move |f| f.children.iter_mut().skip(at).take(1).for_each(&change))
}

#[component]
fn Child(door: Door, at: usize, named: bool) -> impl IntoView {
    let name = door.form.with_untracked(|f| f.children.get(at).map(|c| c.name.clone())).unwrap_or_default();
    let met = Memo::new(move |_| child(door, at, |c| c.met).get().unwrap_or_default());
    let opened = RwSignal::new(false);
    let at_home = Memo::new(move |_| {
        child(door, at, |c| c.seen_where() == Some(Whereabouts::Home)).get() == Some(true)
    });
    let settled = move || met.get() && at_home.get() && !opened.get();
    let why_said = Signal::derive(move || child(door, at, |c| !c.causes.is_empty()).get() == Some(true));
    let wills = move || {
        [StudentAttitude::Willing, StudentAttitude::Wavering, StudentAttitude::Unwilling]
            .map(|will| {
                let same = will.clone();
                view! {
                    <Chip
                        label=phrase::will(&will)
                        on=is(door, at, move |c| c.attitude.as_ref() == Some(&same))
                        press=change_child(door, at, move |c| c.attitude = Some(will.clone()))
                    />
                }
            })
            .collect_view()
    };
    view! {
        <section class="group">
            {named.then(|| view! { <h2 class="group-label"><bdi>{name}</bdi></h2> })}
            <Show
                when=settled
                fallback=move || view! { <Where door=door at=at question=say("visit.where.ask").to_owned() /> }
            >
                <Cell
                    title=say_with("visit.where.now", &[("where", &phrase::whereabouts(&Whereabouts::Home))])
                    press=Callback::new(move |()| opened.set(true))
                    end=change
                />
            </Show>
            <Why door=door at=at />
            <Show when=move || met.get()>
                <Next when=why_said>
                    <Chips question=say("visit.will.ask")>{wills()}</Chips>
                </Next>
            </Show>
        </section>
    }
}

fn is(door: Door, at: usize, part: impl Fn(&ChildLine) -> bool + Send + Sync + 'static) -> Signal<bool> {
    door.read(move |f| f.children.get(at).is_some_and(&part))
}

#[component]
fn Where(door: Door, at: usize, question: String) -> impl IntoView {
    let more = RwSignal::new(false);
    let chip = move |place: Whereabouts, close: bool| {
        let same = place.clone();
        let press = change_child(door, at, move |c| {
            c.whereabouts = if c.whereabouts.as_ref() == Some(&place) { None } else { Some(place.clone()) };
        });
        view! {
            <Chip
                label=phrase::whereabouts(&same)
                on=is(door, at, move |c| c.seen_where().as_ref() == Some(&same))
                press=Callback::new(move |()| {
                    press.run(());
                    if close {
                        more.set(false);
                    }
                })
            />
        }
    };
    let other = is(door, at, |c| c.whereabouts.as_ref().is_some_and(|w| OTHER_PLACES.contains(w)));
    view! {
        <Chips question=question>
            {PLACES.map(|place| chip(place, false)).collect_view()}
            <Chip label=say("visit.where.other") on=other press=Callback::new(move |()| more.set(true)) />
        </Chips>
        <Sheet open=more title=say("visit.where.other")>
            <div class="chips pad">{OTHER_PLACES.map(|place| chip(place, true)).collect_view()}</div>
        </Sheet>
    }
}

#[component]
fn Why(door: Door, at: usize) -> impl IntoView {
    let conflict = RwSignal::new(false);
    let more = RwSignal::new(false);
    let chip = move |cause: &Cause| {
        let (shown, same, tapped) = (cause.clone(), cause.clone(), cause.clone());
        view! {
            <Chip
                label=phrase::cause(&shown)
                on=is(door, at, move |c| c.causes.contains(&same))
                mark=door.read(move |f| {
                    let causes = f.children.get(at).map(|c| c.causes.as_slice()).unwrap_or_default();
                    let main = causes.len() > 1 && causes.first() == Some(&shown);
                    if main { say("visit.cause.main").to_owned() } else { String::new() }
                })
                press=change_child(door, at, move |c| c.toggle_cause(&tapped))
            />
        }
    };
    // What was chosen in a sheet stands among the chips, so that it is seen and can be taken back.
    let chosen = Memo::new(move |_| {
        let causes = child(door, at, |c| c.causes.clone()).get().unwrap_or_default();
        causes.into_iter().filter(|cause| !CAUSES.contains(cause)).collect::<Vec<_>>()
    });
    view! {
        <Chips question=say("visit.cause.ask") hint=say("visit.cause.hint")>
            {CAUSES.iter().map(chip).collect_view()}
            {move || chosen.get().iter().map(chip).collect_view()}
            <Chip label=say("visit.cause.conflict") press=Callback::new(move |()| conflict.set(true)) />
            <Chip label=say("visit.cause.more") press=Callback::new(move |()| more.set(true)) />
        </Chips>
        <Sheet open=conflict title=say("visit.cause.conflict")>
            <div class="chips pad">{CONFLICTS.iter().map(chip).collect_view()}</div>
            <Done open=conflict />
        </Sheet>
        <Sheet open=more title=say("visit.cause.ask")>
            {MORE
                .map(|(label, causes)| {
                    view! { <Chips question=say(label)>{causes.iter().map(chip).collect_view()}</Chips> }
                })
                .collect_view()}
            <Done open=more />
        </Sheet>
    }
}

#[component]
fn Done(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="pad">
            <button type="button" class="primary" on:click=move |_| open.set(false)>{say("visit.good")}</button>
        </div>
    }
}

/// 买买提在哪（可不说）: a child of another school that was not met.
fn other(door: Door, at: usize, line: &ChildLine) -> AnyView {
    let question = say_with("visit.where.of", &[("name", &line.name)]);
    let opened = RwSignal::new(false);
    let title = {
        let question = question.clone();
        door.read(move |f| match f.children.get(at).and_then(ChildLine::seen_where) {
            Some(place) => format!("{question}：{}", phrase::whereabouts(&place)),
            None => format!("{question} {}", say("visit.optional")),
        })
    };
    view! {
        <section class="group">
            <Show when=move || !opened.get()>
                <Cell title=title press=Callback::new(move |()| opened.set(true)) end=change />
            </Show>
            <Opened when=opened>
                <Where door=door at=at question=question.clone() />
            </Opened>
        </section>
    }
    .into_any()
}

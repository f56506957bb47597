//! K1 谁: which children, who came along, when, and what kind of visit it is. All of it is filled in;
//! what differs is changed with one tap.

use super::door::Door;
use crate::dates;
use crate::device;
use crate::phrase;
use crate::ui::{Cell, Chip, Chips, Day, Field, Group, Input, Opened, Sheet};
use crate::words::{say, say_with};
use chrono::{Days, NaiveDate, NaiveTime};
use domain::calendar::local_date;
use domain::directory::Directory;
use domain::visit::companion::Companion;
use domain::visit::form::{ChildLine, Earlier, FoundLine, VisitForm};
use domain::vocabulary::{NoVillageReason, Purpose, Schooling, Side, VisitKind};
use leptos::prelude::*;

/// The screen.
#[component]
pub fn Who(door: Door) -> impl IntoView {
    let finding = RwSignal::new(false);
    let adding = RwSignal::new(false);
    let timing = door.timing;
    let kinds = door.choosing_kind;
    let place = Signal::derive(move || {
        door.form.with(|f| {
            let village = door.phone.replica.with(|r| phrase::village(f.village, &r.directory));
            if f.address.is_empty() { village } else { format!("{village} · {}", f.address) }
        })
    });
    let children = door.form.with_untracked(|f| f.children.len());
    let found = door.read(|f| f.found.clone());
    view! {
        <section class="group">
            <h2 class="group-label">{place}</h2>
            <div class="cells" id="children">
                {(0..children).map(|at| view! { <Child door=door at=at /> }).collect_view()}
                {move || {
                    let found = found.get().into_iter().enumerate();
                    found.map(|(at, line)| found_line(door, at, line)).collect_view()
                }}
                <button type="button" class="cell link" id="found" on:click=move |_| finding.set(true)>
                    {say("visit.found.add")}
                </button>
            </div>
        </section>
        <Village door=door />
        <Companions door=door adding=adding />
        <Group>
            <Cell
                title=Signal::derive(move || say_with("visit.time", &[("at", &when(door))]))
                press=Callback::new(move |()| timing.set(true))
                end=change
            />
            <Cell
                title=door.read(|f| {
                    let purposes = phrase::list(f.purposes.iter().map(phrase::purpose));
                    format!("{} · {purposes}", phrase::kind(&f.kind))
                })
                press=Callback::new(move |()| kinds.set(true))
                end=change
            />
        </Group>
        <FoundSheet door=door open=finding />
        <CompanionSheet door=door open=adding />
        <TimeSheet door=door open=timing />
        <KindSheet door=door open=kinds />
    }
}

/// 改
pub fn change() -> impl IntoView {
    view! { <span class="change">{say("go.change")}</span> }
}

#[component]
fn Child(door: Door, at: usize) -> impl IntoView {
    let Some(child) = door.form.with_untracked(|f| f.children.get(at).cloned()) else {
        return ().into_any();
    };
    if !child.own {
        return stub(door, at, child);
    }
    let since = child.absent_since;
    let missed = door.planned(move |form, calendar| {
        since.map(|since| {
            let days = calendar.school_days_between(since, form.day()).max(1);
            say_with("visit.missed", &[("n", &days.to_string())])
        })
    });
    let class = child.class;
    let note = move || match missed.get() {
        Some(missed) => format!("{class} · {missed}"),
        None => class.clone(),
    };
    view! {
        <label class="cell tick">
            <input
                type="checkbox"
                prop:checked=move || door.form.with(|f| f.children.get(at).is_some_and(|c| c.ticked))
                on:change=move |event| {
                    let ticked = event_target_checked(&event);
                    door.change(|f| f.children.iter_mut().skip(at).take(1).for_each(|c| c.ticked = ticked));
                }
            />
            <span class="cell-words">
                <bdi class="cell-title">{child.name}</bdi>
                <span class="cell-note">{note}</span>
            </span>
        </label>
    }
    .into_any()
}

/// A child of another school: a name, and a way to say that it is none of this house.
fn stub(door: Door, at: usize, child: ChildLine) -> AnyView {
    let doubted = move || door.form.with(|f| f.children.get(at).is_some_and(|c| c.doubted));
    let toggle = door.press_to(move |f| {
        f.children.iter_mut().skip(at).take(1).for_each(|c| {
            c.doubted = !c.doubted;
            c.met = false;
        });
    });
    view! {
        <div class="cell stub" class:doubted=doubted>
            <span class="cell-words">
                <bdi class="cell-title">{child.name}</bdi>
                <span class="cell-note">{child.class}</span>
            </span>
            <button type="button" class="link" aria-pressed=move || doubted().to_string() on:click=move |_| toggle.run(())>
                {move || say(if doubted() { "visit.doubted" } else { "visit.doubt" })}
            </button>
        </div>
    }
    .into_any()
}

fn found_line(door: Door, at: usize, line: FoundLine) -> impl IntoView {
    let schooling = say_schooling(&line.schooling);
    let note = if line.about.is_empty() { schooling } else { format!("{schooling} · {}", line.about) };
    view! {
        <div class="cell">
            <span class="cell-words">
                <bdi class="cell-title">{line.name}</bdi>
                <span class="cell-note">{note}</span>
            </span>
            <button
                type="button"
                class="link"
                on:click=move |_| door.change(|f| if at < f.found.len() { f.found.remove(at); })
            >
                {say("visit.found.remove")}
            </button>
        </div>
    }
}

fn say_schooling(schooling: &Schooling) -> String {
    phrase::worded("schooling", schooling.code(), schooling.term())
}

/// Asked only when the roster does not say where the house is.
#[component]
fn Village(door: Door) -> impl IntoView {
    if door.form.with_untracked(|f| f.village.is_some() && f.corrects.is_none()) {
        return ().into_any();
    }
    if door.form.with_untracked(|f| f.village.is_some()) {
        return ().into_any();
    }
    let villages = door.phone.replica.with_untracked(|r| r.directory.villages.clone());
    view! {
        <section class="group" id="village">
            <Chips question=say("visit.village.ask")>
                {villages
                    .into_iter()
                    .map(|village| {
                        let id = village.id;
                        view! {
                            <Chip
                                label=village.name
                                on=door.read(move |f| f.village == Some(id))
                                press=door.press_to(move |f| f.village = Some(id))
                            />
                        }
                    })
                    .collect_view()}
            </Chips>
        </section>
    }
    .into_any()
}

#[component]
fn Companions(door: Door, adding: RwSignal<bool>) -> impl IntoView {
    let count = Memo::new(move |_| door.form.with(|f| f.companions.len()));
    let chip = move |at: usize| {
        let label =
            door.form.with_untracked(|f| door.phone.replica.with_untracked(|r| label(f, at, &r.directory)));
        view! {
            <Chip
                label=label
                on=door.read(move |f| at == 0 || f.companions.get(at).is_some_and(|c| c.ticked))
                press=door.press_to(move |f| {
                    f.companions.iter_mut().skip(at.max(1)).take(usize::from(at > 0)).for_each(Companion::toggle);
                })
            />
        }
    };
    let alone = door.read(|f| {
        matches!(f.kind, VisitKind::HomeVisit | VisitKind::DoorKnock)
            && f.companions.iter().filter(|c| c.ticked).count() <= 1
    });
    let unexplained = Memo::new(move |_| {
        door.form
            .with(|f| !f.village_is_explained() || f.no_village.is_some() && f.kind == VisitKind::DoorKnock)
    });
    // Who came along to the last house comes along to this one: one chip, until it is touched or the
    // visit turns out to have been on another day.
    let assumed = door.read(|f| f.companions.iter().any(|c| c.assumed && c.ticked));
    let untouched = RwSignal::new(assumed.get_untracked());
    let team = Memo::new(move |_| untouched.get() && assumed.get());
    let same = move || {
        let who = door.form.with(|f| {
            let ticked = f.companions.iter().enumerate().skip(1).filter(|(_, c)| c.ticked);
            door.phone.replica.with(|r| phrase::list(ticked.map(|(at, _)| label(f, at, &r.directory))))
        });
        say_with("visit.same_team", &[("who", &who)])
    };
    let all = move || {
        view! {
            {move || (0..count.get()).map(chip).collect_view()}
            <button
                type="button"
                class="chip"
                aria-label=say("visit.companion.add")
                on:click=move |_| adding.set(true)
            >
                "＋"
            </button>
        }
    };
    view! {
        <section class="group">
            <Chips question=say("visit.companions")>
                <Show when=move || team.get() fallback=all>
                    <button
                        type="button"
                        class="chip chosen"
                        aria-expanded="false"
                        on:click=move |_| untouched.set(false)
                    >
                        <bdi>{same}</bdi>
                    </button>
                </Show>
            </Chips>
            <Show when=move || alone.get()>
                <p class="aside-note">{say("visit.alone")}</p>
            </Show>
            <Opened when=unexplained>
                <Chips question=say("visit.no_village")>
                    {NoVillageReason::ALL
                        .iter()
                        .map(|reason| {
                            view! {
                                <Chip
                                    label=phrase::worded("no_village", reason.code(), reason.term())
                                    on=door.read(move |f| f.no_village.as_ref() == Some(reason))
                                    press=door.press_to(move |f| {
                                        f.no_village = if f.no_village.as_ref() == Some(reason) {
                                            None
                                        } else {
                                            Some(reason.clone())
                                        };
                                    })
                                />
                            }
                        })
                        .collect_view()}
                </Chips>
            </Opened>
        </section>
    }
}

/// 我; a teacher's short name, or the whole where two would read alike; a cadre of another village with it.
fn label(form: &VisitForm, at: usize, directory: &Directory) -> String {
    let companions = &form.companions;
    let Some(companion) = companions.get(at) else { return String::new() };
    if at == 0 {
        return say("visit.me").to_owned();
    }
    let short = phrase::companion(companion);
    let twice = companions.iter().filter(|c| phrase::companion(c) == short).count() > 1;
    let label = if twice { companion.name.clone() } else { short };
    match companion.from_elsewhere(form.village, directory) {
        Some(village) => format!("{} {label}", village.name),
        None => label,
    }
}

#[component]
fn FoundSheet(door: Door, open: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let about = RwSignal::new(String::new());
    let schooling = RwSignal::new(None::<Schooling>);
    let pressed = RwSignal::new(false);
    let nameless = move || name.read().trim().is_empty();
    let wrong = Signal::derive(move || {
        (pressed.get() && nameless()).then(|| say("problem.found.NAME_REQUIRED").to_owned())
    });
    let unanswered = Signal::derive(move || {
        let missing = pressed.get() && schooling.read().is_none();
        if missing { say("visit.found.schooling_missing") } else { "" }.to_owned()
    });
    let add = move |_| {
        pressed.set(true);
        let Some(chosen) = schooling.get_untracked() else { return };
        let line = FoundLine { name: name.get_untracked(), schooling: chosen, about: about.get_untracked() };
        if line.name.trim().is_empty() {
            return;
        }
        door.change(|f| f.found.push(line));
        name.set(String::new());
        about.set(String::new());
        schooling.set(None);
        pressed.set(false);
        open.set(false);
    };
    view! {
        <Sheet open=open title=say("visit.found.title")>
            <Field id="found-name" label=say("visit.found.name") wrong=wrong value=name />
            <Chips question=say("visit.found.schooling")>
                {Schooling::ALL
                    .iter()
                    .map(|each| {
                        view! {
                            <Chip
                                label=say_schooling(each)
                                on=Signal::derive(move || schooling.read().as_ref() == Some(each))
                                press=Callback::new(move |()| schooling.set(Some(each.clone())))
                            />
                        }
                    })
                    .collect_view()}
            </Chips>
            <Field id="found-about" label=say("visit.found.about") value=about />
            <div class="pad">
                <p class="error" role="alert">{unanswered}</p>
                <button type="button" class="primary" on:click=add>
                    {say("visit.found.keep")}
                </button>
            </div>
        </Sheet>
    }
}

/// How many names a search of colleagues shows: more than fit a sheet help nobody.
const SHOWN: usize = 12;

#[component]
fn CompanionSheet(door: Door, open: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let add = move |companion: Companion| {
        door.change(|f| f.companions.push(Companion { ticked: true, ..companion }));
        name.set(String::new());
        open.set(false);
    };
    let staff = move || {
        let wanted = name.read().trim().to_owned();
        let here = door.form.with(|f| f.companions.iter().filter_map(|c| c.user).collect::<Vec<_>>());
        door.phone.replica.with(|replica| {
            let people = replica.directory.people.iter();
            people
                .filter(|p| !here.contains(&p.id) && p.name.contains(&wanted))
                .take(SHOWN)
                .map(|p| {
                    let cadre = p.posts.iter().find_map(|post| post.cadre.as_ref());
                    let companion = Companion {
                        title: cadre.map(|c| c.term().to_owned()).unwrap_or_default(),
                        side: if cadre.is_some() { Side::Village } else { Side::School },
                        ..Companion::colleague(p.id, &p.name)
                    };
                    let title = p.name.clone();
                    let note = companion.title.clone();
                    view! { <Cell title=title note=note press=Callback::new(move |()| add(companion.clone())) /> }
                })
                .collect_view()
        })
    };
    let stranger = move || {
        let wanted = name.read().trim().to_owned();
        (!wanted.is_empty()).then(|| {
            [
                (Side::Village, "visit.side.village"),
                (Side::Township, "visit.side.township"),
                (Side::Other, "visit.side.other"),
            ]
            .map(|(side, key)| {
                let companion = Companion::stranger(&wanted, side);
                let label = say_with(key, &[("name", &wanted)]);
                view! { <Chip label=label press=Callback::new(move |()| add(companion.clone())) /> }
            })
            .collect_view()
        })
    };
    view! {
        <Sheet open=open title=say("visit.companion.title")>
            <Field id="companion" label=say("visit.companion.name") input=Input::Search value=name />
            <div class="chips pad">{stranger}</div>
            <Group>{staff}</Group>
        </Sheet>
    }
}

/// 现在 17:38, or the day and time chosen.
fn when(door: Door) -> String {
    let now = device::now();
    door.form.with(|f| match f.earlier {
        None if f.corrects.is_none() && (now - f.opened_at).num_minutes() < 60 => {
            format!("{} {}", say("visit.now"), dates::clock(f.opened_at))
        }
        None => dates::moment(f.opened_at, now),
        Some(Earlier { on, at: None }) => {
            format!("{} {}", dates::day(on, local_date(now)), say("visit.time_missing"))
        }
        Some(_) => dates::moment(f.started_at(), now),
    })
}

#[component]
fn TimeSheet(door: Door, open: RwSignal<bool>) -> impl IntoView {
    let today = device::today();
    let yesterday = today - Days::new(1);
    // 选时间 was tapped: it stands instead of the others, whatever day it says.
    let other = RwSignal::new(false);
    let set = move |on| {
        Callback::new(move |()| {
            other.set(false);
            door.change(|f| {
                let at = f.earlier.and_then(|e| e.at).filter(|_| f.earlier.is_some_and(|e| e.on == on));
                f.set_time(Some(Earlier { on, at }));
            });
        })
    };
    let is = move |day: Option<NaiveDate>| {
        Signal::derive(move || !other.get() && door.form.with(|f| f.earlier.map(|e| e.on) == day))
    };
    let time = move || {
        door.form.with(|f| {
            f.earlier.and_then(|e| e.at).map(|at| at.format("%H:%M").to_string()).unwrap_or_default()
        })
    };
    let dated = move || {
        other.get() || door.form.with(|f| f.earlier.is_some_and(|e| e.on != today && e.on != yesterday))
    };
    view! {
        <Sheet open=open title=say("visit.time_title")>
            <div class="chips pad">
                <Chip
                    label=say("visit.now")
                    on=is(None)
                    press=Callback::new(move |()| {
                        other.set(false);
                        door.change(|f| {
                            f.opened_at = device::now();
                            f.set_time(None);
                        });
                        open.set(false);
                    })
                />
                <Chip
                    label=say("visit.earlier_today")
                    on=is(Some(today))
                    press=set(today)
                />
                <Chip
                    label=say("day.yesterday")
                    on=is(Some(yesterday))
                    press=set(yesterday)
                />
                <Chip label=say("visit.other_day") on=Signal::derive(dated) press=Callback::new(move |()| other.set(true)) />
            </div>
            <Opened when=Signal::derive(dated)>
                <Day
                    id="visit-day"
                    label=say("visit.day")
                    within=(None, Some(today))
                    value=door.read(|f| f.earlier.map(|e| e.on))
                    choose=Callback::new(move |on: Option<NaiveDate>| {
                        let Some(on) = on else { return };
                        door.change(|f| f.set_time(Some(Earlier { on, at: f.earlier.and_then(|e| e.at) })));
                    })
                />
            </Opened>
            <Opened when=door.read(|f| f.earlier.is_some())>
                <div class="field">
                    <label for="started_at">{say("visit.clock")}</label>
                    <input
                        id="started_at"
                        type="time"
                        prop:value=time
                        on:input=move |event| {
                            let at = NaiveTime::parse_from_str(&event_target_value(&event), "%H:%M").ok();
                            door.change(|f| f.earlier = f.earlier.map(|e| Earlier { at, ..e }));
                        }
                    />
                </div>
            </Opened>
            <div class="pad">
                <button type="button" class="primary" on:click=move |_| open.set(false)>{say("visit.good")}</button>
            </div>
        </Sheet>
    }
}

/// Offered at once; the others are behind 更多 (ux 4).
const KINDS: [VisitKind; 4] =
    [VisitKind::HomeVisit, VisitKind::DoorKnock, VisitKind::Phone, VisitKind::OutOfTown];

#[component]
fn KindSheet(door: Door, open: RwSignal<bool>) -> impl IntoView {
    let more = RwSignal::new(door.form.with_untracked(|f| !KINDS.contains(&f.kind)));
    let kinds = move || {
        let shown = VisitKind::ALL.iter().filter(|kind| more.get() || KINDS.contains(kind));
        shown
            .map(|kind| {
                view! {
                    <Chip
                        label=phrase::kind(kind)
                        on=door.read(move |f| f.kind == *kind)
                        press=door.press_to(move |f| f.set_kind(kind.clone()))
                    />
                }
            })
            .collect_view()
    };
    let purpose = move |purpose: &'static Purpose| {
        view! {
            <Chip
                label=phrase::purpose(purpose)
                on=door.read(move |f| f.purposes.contains(purpose))
                press=door.press_to(move |f| {
                    if f.purposes.contains(purpose) {
                        f.purposes.retain(|p| p != purpose);
                    } else {
                        f.purposes.push(purpose.clone());
                    }
                })
            />
        }
    };
    view! {
        <Sheet open=open title=say("visit.kind_title")>
            <Chips question=say("visit.kind_ask")>
                {kinds}
                <Show when=move || !more.get()>
                    <Chip label=say("go.more") press=Callback::new(move |()| more.set(true)) />
                </Show>
            </Chips>
            <div id="purposes">
                <Chips question=say("visit.purpose_ask") hint=say("visit.several")>
                    {Purpose::ALL.iter().map(purpose).collect_view()}
                </Chips>
            </div>
            <div class="pad">
                <button type="button" class="primary" on:click=move |_| open.set(false)>{say("visit.good")}</button>
            </div>
        </Sheet>
    }
}

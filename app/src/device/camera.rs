//! The camera, looking for a code: the browser's own detector where there is one, and the scan bundle,
//! which needs nobody's services. Pictures are looked at and forgotten; none is kept or sent.

use super::codes::Codes;
use crate::browser::{field, object, settled};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Promise, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream, MediaStreamTrack};

/// Pixels of the square that is looked at: six a module when the code fills half of it.
const SIDE: u32 = 640;
/// Between two looks: a cheap phone needs about as long for one.
const PAUSE_MS: u32 = 120;

#[wasm_bindgen]
extern "C" {
    type BarcodeDetector;
    #[wasm_bindgen(constructor, catch)]
    fn new(options: &JsValue) -> Result<BarcodeDetector, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn detect(this: &BarcodeDetector, source: &HtmlVideoElement) -> Result<Promise, JsValue>;
}

/// The person or the phone said no to the camera, or there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied;

/// An open camera. Dropped, it is off.
pub struct Camera {
    stream: MediaStream,
    on: Rc<Cell<bool>>,
}

impl Camera {
    /// Opens the camera at the back, shows it in `video` and calls back with every code it sees.
    ///
    /// # Errors
    /// No camera; there are the keys.
    pub async fn open(video: HtmlVideoElement, found: impl Fn(String) + 'static) -> Result<Self, Denied> {
        let stream: MediaStream = ask().await.map_err(|_| Denied)?.unchecked_into();
        let camera = Self { stream, on: Rc::new(Cell::new(true)) };
        video.set_src_object(Some(&camera.stream));
        // It plays by itself as well; a refusal shows as a dark picture, and the keys are there.
        let _ = settled(video.play()).await;
        spawn_local(look(video, camera.on.clone(), found));
        Ok(camera)
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.on.set(false);
        for track in self.stream.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

async fn ask() -> Result<JsValue, JsValue> {
    let devices = web_sys::window().ok_or(JsValue::NULL)?.navigator().media_devices()?;
    let ideal = |value: JsValue| JsValue::from(object(&[("ideal", &value)]));
    let picture = object(&[
        ("facingMode", &ideal("environment".into())),
        ("width", &ideal(1280.into())),
        ("height", &ideal(720.into())),
    ]);
    let constraints = web_sys::MediaStreamConstraints::new();
    constraints.set_video(&picture);
    JsFuture::from(devices.get_user_media_with_constraints(&constraints)?).await
}

async fn look(video: HtmlVideoElement, on: Rc<Cell<bool>>, found: impl Fn(String)) {
    let mut detector = detector();
    let codes = Codes::load().await;
    let glass = Glass::new();
    while on.get() {
        let mut text = None;
        if let Some(own) = &detector {
            match settled(own.detect(&video)).await {
                Ok(list) => text = first(&list),
                // It is there but does not work: without Google's services, say.
                Err(_) => detector = None,
            }
        }
        if text.is_none()
            && let (Some(glass), Some(codes)) = (&glass, &codes)
        {
            text = glass.read(&video, codes);
        }
        if let Some(text) = text.filter(|_| on.get()) {
            found(text);
        }
        TimeoutFuture::new(PAUSE_MS).await;
    }
}

fn detector() -> Option<BarcodeDetector> {
    field(&js_sys::global(), "BarcodeDetector")?;
    BarcodeDetector::new(&object(&[("formats", &Array::of1(&"qr_code".into()))])).ok()
}

fn first(list: &JsValue) -> Option<String> {
    let code = Array::from(list).get(0);
    field(&code, "rawValue")?.as_string().filter(|text| !text.is_empty())
}

/// Where a picture is held still.
struct Glass {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Glass {
    fn new() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.unchecked_into();
        let options = object(&[("willReadFrequently", &true.into())]);
        let context = canvas.get_context_with_context_options("2d", &options).ok()??.unchecked_into();
        Some(Self { canvas, context })
    }

    /// The text of the code in the middle of what the camera shows now.
    fn read(&self, video: &HtmlVideoElement, codes: &Codes) -> Option<String> {
        let (width, height) = (video.video_width(), video.video_height());
        let square = width.min(height);
        if square == 0 {
            return None;
        }
        let side = square.min(SIDE);
        if self.canvas.width() != side {
            self.canvas.set_width(side);
            self.canvas.set_height(side);
        }
        let corner = |whole: u32| f64::from((whole - square) / 2);
        let (x, y, from, to) = (corner(width), corner(height), f64::from(square), f64::from(side));
        self.context
            .draw_image_with_html_video_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                video, x, y, from, from, 0.0, 0.0, to, to,
            )
            .ok()?;
        let picture = self.context.get_image_data(0.0, 0.0, to, to).ok()?;
        // Asked of the object itself: the pixels go from the canvas to the decoder without a copy here.
        codes.read(&Reflect::get(&picture, &"data".into()).ok()?, side, side)
    }
}

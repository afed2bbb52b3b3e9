//! Trains a small network from Rust through `extern "C"`, and predicts with the file that it wrote.
//!
//!     rustc --edition 2021 -l hone -L /usr/local/lib examples/rust/moons.rs && ./moons
//!
//! docs/embedding.md says what to watch when another language calls Hone. The structures are those of hone/array.h, data.h and
//! train.h. Argument structures begin with their size and are read by it, so that a program declares the members that it needs,
//! from the first on, and a later Hone, whose structures have grown, still takes them.
use std::ffi::{CStr, CString};
use std::mem::{size_of, zeroed};
use std::os::raw::{c_char, c_double, c_int, c_void};
use std::ptr::{null, null_mut};

#[repr(C)]
struct Base {
    size: usize,
    site: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Array {
    kind: c_int,
    rank: c_int,
    shape: [i64; 8],
    data: *const c_void,
}

#[repr(C)]
struct DatasetArgs {
    base: Base,
    x: [Array; 64],
    y: [Array; 64],
    sample_weight: Array,
    x_names: [*const c_char; 64],
    y_names: [*const c_char; 64],
    scale: c_double,
}

#[repr(C)]
struct CompileArgs {
    base: Base,
    optimizer: *mut c_void,
    loss: *const c_char,
}

#[repr(C)]
struct FitArgs {
    base: Base,
    epochs: i64,
    batch_size: i64,
}

const FLOAT32: c_int = 0;
const UINT8: c_int = 2;

extern "C" {
    static hone_layers_end: *mut c_void;
    fn hone_args_default(name: *const c_char, args: *mut c_void, size: usize) -> c_int;
    fn hone_error_message() -> *const c_char;
    fn hone_layer_from_text(spec: *const c_char) -> *mut c_void;
    fn hone_optimizer_from_text(spec: *const c_char) -> *mut c_void;
    fn hone_sequential_with(site: *const c_char, layers: *const *mut c_void) -> *mut c_void;
    fn hone_dataset_from_arrays_with(args: *const DatasetArgs) -> *mut c_void;
    fn hone_dataset_free(data: *mut c_void);
    fn hone_compile_with(model: *mut c_void, args: *const CompileArgs) -> c_int;
    fn hone_fit_with(model: *mut c_void, data: *mut c_void, args: *const FitArgs) -> *mut c_void; // lent, const in C
    fn hone_predict_with(model: *mut c_void, data: *mut c_void, outputs: *mut *mut Array, args: *const c_void) -> c_int;
    fn hone_array_free(array: *mut Array);
    fn hone_save_with(model: *mut c_void, path: *const c_char, args: *const c_void) -> c_int;
    fn hone_load_with(path: *const c_char, args: *const c_void) -> *mut c_void;
    fn hone_model_free(model: *mut c_void);
}

/// Hone's sentence about the last failure in this thread.
fn sentence() -> String {
    unsafe { CStr::from_ptr(hone_error_message()) }.to_string_lossy().into_owned()
}

fn checked(pointer: *mut c_void) -> Result<*mut c_void, String> {
    if pointer.is_null() { Err(sentence()) } else { Ok(pointer) }
}

fn done(status: c_int) -> Result<(), String> {
    if status < 0 { Err(sentence()) } else { Ok(()) }
}

/// The arguments of a function with their defaults.
fn defaults<T>(name: &str) -> Result<T, String> {
    let mut args: T = unsafe { zeroed() };
    done(unsafe { hone_args_default(text(name).as_ptr(), (&mut args as *mut T).cast(), size_of::<T>()) })?;
    Ok(args)
}

fn text(value: &str) -> CString {
    CString::new(value).expect("no NUL in a text")
}

/// Samples with their classes; it lends its memory to Hone, and so outlives the data set.
struct Data {
    handle: *mut c_void,
    _points: Vec<f32>,
    classes: Vec<u8>,
}

impl Data {
    fn new(points: Vec<f32>, classes: Vec<u8>) -> Result<Data, String> {
        let count = classes.len() as i64;
        let mut args: DatasetArgs = unsafe { zeroed() };
        args.base.size = size_of::<DatasetArgs>();
        args.x[0] = Array { kind: FLOAT32, rank: 2, shape: [count, 2, 0, 0, 0, 0, 0, 0], data: points.as_ptr().cast() };
        args.y[0] = Array { kind: UINT8, rank: 1, shape: [count, 0, 0, 0, 0, 0, 0, 0], data: classes.as_ptr().cast() };
        args.scale = 1.0;
        let handle = checked(unsafe { hone_dataset_from_arrays_with(&args) })?;
        Ok(Data { handle, _points: points, classes })
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        unsafe { hone_dataset_free(self.handle) }
    }
}

struct Model(*mut c_void);

impl Model {
    fn sequential(specs: &[&str]) -> Result<Model, String> {
        let mut layers: Vec<*mut c_void> =
            specs.iter().map(|spec| unsafe { hone_layer_from_text(text(spec).as_ptr()) }).collect();
        layers.push(unsafe { hone_layers_end });
        checked(unsafe { hone_sequential_with(null(), layers.as_ptr()) }).map(Model)
    }
    fn load(path: &str) -> Result<Model, String> {
        checked(unsafe { hone_load_with(text(path).as_ptr(), null()) }).map(Model)
    }
    fn save(&self, path: &str) -> Result<(), String> {
        done(unsafe { hone_save_with(self.0, text(path).as_ptr(), null()) })
    }
    fn compile(&self, optimizer: &str, loss: &str) -> Result<(), String> {
        let loss = text(loss);
        let mut args: CompileArgs = defaults("compile")?;
        args.optimizer = checked(unsafe { hone_optimizer_from_text(text(optimizer).as_ptr()) })?;
        args.loss = loss.as_ptr();
        done(unsafe { hone_compile_with(self.0, &args) })
    }
    fn fit(&self, data: &Data, epochs: i64) -> Result<(), String> {
        let mut args: FitArgs = defaults("fit")?;
        args.epochs = epochs;
        checked(unsafe { hone_fit_with(self.0, data.handle, &args) }).map(|_| ())
    }
    fn predict(&self, data: &Data) -> Result<Vec<f32>, String> {
        let mut outputs: [*mut Array; 8] = [null_mut(); 8];
        done(unsafe { hone_predict_with(self.0, data.handle, outputs.as_mut_ptr(), null()) })?;
        let array = unsafe { *outputs[0] };
        let count = (array.shape[0] * array.shape[1]) as usize;
        let numbers = unsafe { std::slice::from_raw_parts(array.data.cast::<f32>(), count) }.to_vec();
        unsafe { hone_array_free(outputs[0]) };
        Ok(numbers)
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        unsafe { hone_model_free(self.0) }
    }
}

/// Two half circles that reach into each other.
fn moons(count: usize) -> (Vec<f32>, Vec<u8>) {
    let (mut points, mut classes) = (Vec::new(), Vec::new());
    for i in 0..count {
        let angle = std::f32::consts::PI * (i as f32 * 0.618_034).fract();
        let noise = 0.2 * ((i as f32 * 0.754_878).fract() - 0.5);
        let (x, y) = if i % 2 == 0 { (angle.cos(), angle.sin()) } else { (1.0 - angle.cos(), 0.5 - angle.sin()) };
        points.extend([x + noise, y - noise]);
        classes.push((i % 2) as u8);
    }
    (points, classes)
}

fn run() -> Result<bool, String> {
    let (points, classes) = moons(400);
    let data = Data::new(points, classes)?;
    let model = Model::sequential(&["input(shape=[2])", "dense(16, activation=relu)", "dense(2, activation=softmax)"])?;
    model.compile("adam(learning_rate=0.02)", "sparse_categorical_crossentropy")?;
    model.fit(&data, 40)?;
    let outputs = model.predict(&data)?;
    let right = (0..data.classes.len()).filter(|&i| (outputs[2 * i + 1] > outputs[2 * i]) == (data.classes[i] == 1)).count();
    println!("{right} of {} right", data.classes.len());

    let path = std::env::temp_dir().join(format!("moons-{}.keras", std::process::id()));
    let path = path.to_string_lossy().into_owned();
    model.save(&path)?;
    let same = Model::load(&path)?.predict(&data)? == outputs;
    let _ = std::fs::remove_file(&path);
    match Model::sequential(&["input(shape=[2])", "dense(2, activation=rellu)"]) {
        Ok(_) => return Err("a mistake went unnoticed".to_string()),
        Err(message) => println!("a mistake: {message}"),
    }
    Ok(same && right * 10 >= data.classes.len() * 9)
}

fn main() {
    match run() {
        Ok(true) => {}
        Ok(false) => std::process::exit(1),
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(1);
        }
    }
}

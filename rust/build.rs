//! Links libhone: from the folder in HONE_LIBRARY_DIR when that is set, else from where the linker looks.
fn main() {
    println!("cargo:rerun-if-env-changed=HONE_LIBRARY_DIR");
    if let Ok(folder) = std::env::var("HONE_LIBRARY_DIR") {
        println!("cargo:rustc-link-search=native={folder}");
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
    println!("cargo:rustc-link-lib=hone");
}

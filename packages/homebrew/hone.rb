# Hone for Homebrew:  brew install --HEAD --formula packages/homebrew/hone.rb        (in a checkout)
class Hone < Formula
  desc "Train deep neural networks in C and from the shell"
  version "0.1.0"
  license "Apache-2.0"
  head "file://#{File.expand_path("../..", __dir__)}", using: :git

  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "pkg-config" => :build
  depends_on "cairo"
  depends_on "jpeg-turbo"
  depends_on "libpng"
  depends_on "libyaml"
  depends_on "libzip"
  depends_on "onednn"
  depends_on "protobuf-c"
  uses_from_macos "curl"
  uses_from_macos "zlib"

  def install
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja",
           "-DHONE_TESTS=OFF", "-DHONE_EXAMPLES=OFF", *std_cmake_args
    system "cmake", "--build", "build", "--target", "hone_installed"
    system "cmake", "--install", "build"
  end

  test do
    (testpath/"sums.csv").write "a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,2\n"
    system bin/"hone", "init", "sums.csv#target=y", "--output", "sums.yaml"
    system bin/"hone", "train", "sums.yaml", "--epochs", "2", "--verbose", "0", "--output", "sums.keras"
    assert_predicate testpath/"sums.keras", :exist?
  end
end

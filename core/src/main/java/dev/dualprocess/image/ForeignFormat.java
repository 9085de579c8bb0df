package dev.dualprocess.image;

import dev.dualprocess.config.LfsPointer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What people take for a picture that can be read, and what they should do with it.
 *
 * @param title with its article
 * @param advice what to do
 * @param is whether a file is that
 */
record ForeignFormat(String title, String advice, Predicate<Signature> is) {
  private static final String TO_PNG =
      "convert it to PNG, e.g. with ImageMagick: magick FILE picture.png";
  private static final String READ = "give a PNG, JPEG, WebP, GIF or BMP";

  private static final List<ForeignFormat> ALL =
      List.of(
          new ForeignFormat("empty", "get it again", Signature::empty),
          picture("an AVIF picture", s -> brand(s, "avif", "avis")),
          picture("a HEIC picture", s -> brand(s, "hei", "hev", "mif1", "msf1")),
          new ForeignFormat("a video", "save a frame of it as PNG", s -> s.has(4, "ftyp")),
          picture("a JPEG XL picture", s -> s.has(0, 0xff, 0x0a) || s.has(0, "\0\0\0\fJXL ")),
          picture(
              "a JPEG 2000 picture",
              s -> s.has(0, 0xff, 0x4f, 0xff, 0x51) || s.has(0, "\0\0\0\fjP  ")),
          picture("a TIFF picture", s -> starts(s, "II*\0", "MM\0*", "II+\0", "MM\0+")),
          picture("a Photoshop document", s -> s.has(0, "8BPS")),
          picture("a GIMP document", s -> s.has(0, "gimp xcf")),
          picture("an OpenEXR picture", s -> s.has(0, 0x76, 0x2f, 0x31, 0x01)),
          picture("a Radiance HDR picture", s -> s.has(0, "#?RADIANCE")),
          picture("a Windows icon", s -> s.has(0, 0, 0, 1, 0)),
          picture("a DDS texture", s -> s.has(0, "DDS ")),
          picture("a QOI picture", s -> s.has(0, "qoif")),
          picture("a Netpbm picture", s -> s.text().matches("(?s)P[1-7]\\s.*")),
          picture("a PDF document", s -> s.has(0, "%PDF-")),
          picture("an SVG drawing", s -> s.isText() && s.text().contains("<svg")),
          new ForeignFormat(
              "a Git LFS pointer, not the file it stands for",
              "fetch that with 'git lfs pull'",
              s -> s.text().startsWith(LfsPointer.START)),
          new ForeignFormat(
              "a web page",
              "save the picture itself",
              s -> s.text().matches("(?is)<(!doctype html|html|head|body).*")),
          new ForeignFormat(
              "an archive", "unpack it", s -> s.has(0, "PK\3\4") || s.has(0, 0x1f, 0x8b)),
          new ForeignFormat("text", READ, Signature::isText),
          new ForeignFormat("of no format it knows", READ, s -> true));

  private static ForeignFormat picture(String title, Predicate<Signature> is) {
    return new ForeignFormat(title, TO_PNG, is);
  }

  private static boolean starts(Signature s, String... beginnings) {
    return Arrays.stream(beginnings).anyMatch(beginning -> s.has(0, beginning));
  }

  /** Whether a file in ISO's format for media names one of those brands. */
  private static boolean brand(Signature s, String... brands) {
    if (!s.has(4, "ftyp")) {
      return false;
    }
    int end = Math.min(s.unsigned(3), 64);
    for (int at = 8; at < end; at += 4) {
      int offset = at;
      if (Arrays.stream(brands).anyMatch(brand -> s.has(offset, brand))) {
        return true;
      }
    }
    return false;
  }

  /** What a file is and what to do, as the end of a sentence. */
  static String told(Signature signature) {
    ForeignFormat format = ALL.stream().filter(f -> f.is.test(signature)).findFirst().orElseThrow();
    return "it is " + format.title + "; " + format.advice;
  }
}

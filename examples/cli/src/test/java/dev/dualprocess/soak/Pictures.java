package dev.dualprocess.soak;

import dev.dualprocess.image.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Small pictures of every format. */
final class Pictures {
  private static final int SIDE = 24;

  /** By libwebp: lossless; lossy with transparency; an animation. */
  private static final List<String> WEBP =
      List.of(
          "UklGRn4AAABXRUJQVlA4WAoAAAAIAAAAAgAAAQAAVlA4TD4AAAAvAkAAAC+gqJEU5gpNAG/8u8QGgaTNWK7neOXHutIA"
              + "BBgraf4/1vwHwP/ZmM22LgCFbCPAoXtBzuEi+h/HCkVYSUYaAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAAA",
          "UklGRmQAAABXRUJQVlA4WAoAAAAQAAAADwAADwAAQUxQSAoAAAABB1DAiAhERP8DVlA4IDQAAAAQAgCdASoQABAAAMAS"
              + "JaACdLoB+AH4gAPIAP77sCv/RhCh+34Wv/37r/AX/37r/786AAAA",
          "UklGRooAAABXRUJQVlA4WAoAAAACAAAABQAAAwAAQU5JTQYAAAAAAAAAAABBTk1GKgAAAAEAAAEAAAEAAAEAAAAAAANW"
              + "UDhMEQAAAC8BQAAAB1CFIpei/4GI6H8AAEFOTUYsAAAAAAAAAAAAAQAAAQAAAAAAAFZQOEwUAAAALwFAAAAHUIFUCCAA"
              + "Cpr+x4iI/gc=");

  private Pictures() {}

  /** Writes all of them, PNG files with texts; returns the files. */
  static List<Path> write(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Map<String, String> texts = Map.of("parameters", "{\"prompt\": \"a cat\"}");
    for (int type :
        List.of(
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_USHORT_GRAY)) {
      Path file = folder.resolve(type == BufferedImage.TYPE_INT_RGB ? "rgb.png" : type + ".png");
      Png.write(file, drawn(type), texts);
      files.add(file);
    }
    for (String format : List.of("jpeg", "gif", "bmp")) {
      Path file = folder.resolve("picture." + format);
      ImageIO.write(drawn(BufferedImage.TYPE_INT_RGB), format, file.toFile());
      files.add(file);
    }
    for (int i = 0; i < WEBP.size(); i++) {
      byte[] content = Base64.getDecoder().decode(WEBP.get(i));
      files.add(Files.write(folder.resolve("picture-" + i + ".webp"), content));
    }
    return files;
  }

  private static BufferedImage drawn(int type) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, type);
    for (int i = 0; i < SIDE * SIDE; i++) {
      picture.setRGB(i % SIDE, i / SIDE, 0x80000000 + i * i * 31);
    }
    return picture;
  }
}

package dev.dualprocess.spi;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * Where a provider comes from.
 *
 * @param place the path of a jar or of a folder of classes; elsewhere (a module of the JDK's image,
 *     a jar inside a jar) what its class loader says
 */
public record Origin(String place) {
  /** Where a class comes from. */
  public static Origin of(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return location == null ? new Origin(String.valueOf(type.getModule())) : at(location);
  }

  /** Where a file comes from that a class loader found under {@code resource}. */
  static Origin of(URL file, String resource) {
    String whole = file.toString();
    String root = whole.endsWith(resource) ? chop(whole, resource) : whole;
    return root.startsWith("jar:file:") && root.endsWith("!/")
        ? at(chop(root.substring("jar:".length()), "!/"))
        : at(root);
  }

  private static Origin at(URL location) {
    return at(location.toString());
  }

  private static Origin at(String location) {
    if (!location.startsWith("file:")) {
      return new Origin(location);
    }
    try {
      return new Origin(Path.of(new URI(location)).toString());
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return new Origin(location);
    }
  }

  private static String chop(String whole, String end) {
    return whole.substring(0, whole.length() - end.length());
  }

  /** The last part of the path: the name of the jar or of the folder. */
  public String name() {
    String plain = place.replaceAll("[!/\\\\]+$", "");
    return plain.substring(Math.max(plain.lastIndexOf('/'), plain.lastIndexOf('\\')) + 1);
  }

  @Override
  public String toString() {
    return place;
  }
}

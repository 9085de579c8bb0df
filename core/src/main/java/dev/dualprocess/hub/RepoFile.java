package dev.dualprocess.hub;

import com.google.common.hash.HashCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of a repository at one commit.
 *
 * @param path from the repository's root, with slashes; it cannot lead out of a folder
 * @param size in bytes
 * @param oid sha1 by which git knows the file, or its pointer
 * @param sha256 of the content, for a large file
 */
public record RepoFile(String path, long size, String oid, Optional<String> sha256) {
  private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern HOSTILE = Pattern.compile("^[A-Za-z]:|\\\\|\\p{Cntrl}");
  private static final long LARGEST = 1L << 42; // 4 TiB

  /**
   * Nothing that a server says is believed before this.
   *
   * @throws IllegalArgumentException in one line, if path, size or sums cannot be right
   */
  public RepoFile {
    requireInside(path);
    if (size < 0 || size > LARGEST) {
      throw new IllegalArgumentException("%s: a size of %d bytes".formatted(path, size));
    }
    if (!SHA1.matcher(oid).matches()
        || !sha256.map(s -> SHA256.matcher(s).matches()).orElse(true)) {
      throw new IllegalArgumentException(path + ": its checksum is not one");
    }
  }

  /** That a path of the hub stays inside a folder, on every system. */
  static void requireInside(String path) {
    List<String> names = Arrays.asList(path.split("/", -1));
    boolean odd =
        path.length() > 1000
            || HOSTILE.matcher(path).find()
            || names.stream().anyMatch(n -> n.isBlank() || n.equals(".") || n.equals(".."));
    if (odd) {
      String shown = path.replaceAll("\\p{Cntrl}", "?");
      throw new IllegalArgumentException(
          "'%s' is not a path inside a repository; nothing of it was downloaded".formatted(shown));
    }
  }

  /** Whether that is its content. */
  boolean isContent(byte[] bytes) {
    MessageDigest digest = digest();
    digest.update(bytes);
    return bytes.length == size && isSum(digest);
  }

  boolean isSum(MessageDigest digest) {
    return HashCode.fromBytes(digest.digest()).toString().equals(etag());
  }

  /**
   * A digest that is to see the content: sha256, or git's sha1 of a blob, whose length goes first.
   */
  MessageDigest digest() {
    try {
      if (sha256.isPresent()) {
        return MessageDigest.getInstance("SHA-256");
      }
      MessageDigest git = MessageDigest.getInstance("SHA-1");
      git.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
      return git;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The name of its content in a cache. */
  public String etag() {
    return sha256.orElse(oid);
  }
}

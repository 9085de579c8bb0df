package dev.dualprocess.text.cache;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Keeps a cache's folder within its bounds; other processes may do the same meanwhile. */
record Shelf(TextCache cache) {
  private static final Pattern TEXT = Pattern.compile("[0-9a-f]{64}\\.safetensors");
  private static final Pattern UNFINISHED =
      Pattern.compile("\\.[0-9a-f]{64}\\.safetensors\\.\\d+\\.tmp");
  private static final Duration GIVEN_UP = Duration.ofDays(1); // nobody writes that long

  /** A file of the cache; nothing else in the folder is touched. */
  private record Item(Path path, long bytes, Instant used) {}

  /** Removes what nobody finished, and of the texts those that were not used for longest. */
  void trim() throws IOException {
    Instant old = Instant.now().minus(GIVEN_UP);
    for (Item item : items(UNFINISHED)) {
      if (item.used().isBefore(old)) {
        Files.deleteIfExists(item.path());
      }
    }
    List<Item> texts = items(TEXT);
    texts.sort(Comparator.comparing(Item::used).thenComparing(Item::path));
    long bytes = texts.stream().mapToLong(Item::bytes).sum();
    int files = texts.size();
    for (Item item : texts) {
      if (bytes <= cache.mostBytes() && files <= cache.mostFiles()) {
        return;
      }
      Files.deleteIfExists(item.path());
      bytes -= item.bytes();
      files--;
    }
  }

  private List<Item> items(Pattern names) throws IOException {
    List<Item> items = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(
            cache.folder(), file -> names.matcher(String.valueOf(file.getFileName())).matches())) {
      for (Path path : found) {
        add(path, items);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException deleted) {
      return new ArrayList<>();
    }
    return items;
  }

  private static void add(Path path, List<Item> items) {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      if (file.isRegularFile()) {
        items.add(new Item(path, file.size(), file.lastModifiedTime().toInstant()));
      }
    } catch (IOException gone) {
      // Another process was faster.
    }
  }
}

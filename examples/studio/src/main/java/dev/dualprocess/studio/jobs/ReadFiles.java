package dev.dualprocess.studio.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** JSON files as they were read last, read again where they have changed since. Thread-safe. */
final class ReadFiles {
  private static final Cache<Path, Version> READ =
      CacheBuilder.newBuilder().maximumSize(4096).build();

  private record Version(FileTime modified, long size, Object key, JsonNode json) {}

  private ReadFiles() {}

  /** What a file says; nothing where it is missing or broken. */
  static JsonNode json(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      Object key = now.fileKey() == null ? "" : now.fileKey(); // another file by the same name
      Version last = READ.getIfPresent(file);
      if (last != null
          && last.modified().equals(now.lastModifiedTime())
          && last.size() == now.size()
          && last.key().equals(key)) {
        return last.json();
      }
      JsonNode json = ConfigFile.read(file).root();
      READ.put(file, new Version(now.lastModifiedTime(), now.size(), key, json));
      return json;
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}

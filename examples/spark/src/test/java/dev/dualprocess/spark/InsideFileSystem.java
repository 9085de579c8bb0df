package dev.dualprocess.spark;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** This machine's files, renamed as HDFS does: a folder onto a folder goes into that. */
public final class InsideFileSystem extends RawLocalFileSystem {
  private static final URI NAME = URI.create("inside:///");

  /** A configuration that knows it. */
  static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.inside.impl", InsideFileSystem.class, FileSystem.class);
    return hadoop;
  }

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public String getScheme() {
    return "inside";
  }

  /** Without what only the scheme {@code file} can tell. */
  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus found = super.getFileStatus(path);
    return new FileStatus(
        found.getLen(),
        found.isDirectory(),
        1,
        found.getBlockSize(),
        found.getModificationTime(),
        found.getPath());
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    Path target = exists(to) && getFileStatus(to).isDirectory() ? new Path(to, from.getName()) : to;
    return pathToFile(from).renameTo(pathToFile(target));
  }
}

package dev.dualprocess.qwen25vl;

import dev.dualprocess.qwen.QwenFamily;
import java.io.IOException;
import java.nio.file.Path;

/** Qwen2.5-VL. */
final class Qwen25Family implements QwenFamily<Qwen25Vl> {
  @Override
  public String name() {
    return "qwen";
  }

  @Override
  public Qwen25Vl read(Path folder) throws IOException {
    return Qwen25Vl.read(folder);
  }
}

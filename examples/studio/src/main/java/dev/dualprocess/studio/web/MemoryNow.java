package dev.dualprocess.studio.web;

import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.Placement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/** How much memory is in use, and how much there is. */
final class MemoryNow {
  private MemoryNow() {}

  static Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("resident", Pointer.physicalBytes());
    map.put("free", FreeMemory.bytes(Placement.CPU));
    return map;
  }
}

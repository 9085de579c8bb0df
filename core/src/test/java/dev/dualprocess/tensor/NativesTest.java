package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Function;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How the native libraries are found and started. */
class NativesTest {
  @Test
  void theFolderIsWhereTheyAre() {
    Path library = Path.of(Natives.folder(), System.mapLibraryName("jnitorch"));
    assertTrue(Files.exists(library), library::toString);
  }

  @Test
  void whatIsMissingIsNamed() {
    assertTrue(
        Natives.missing("linux-x86_64")
            .contains("add the dependency dev.dualprocess:dualprocess-natives-linux-x86_64 "));
    assertEquals(
        "there is no libtorch with tokenizers for linux-arm64: supported are"
            + " [linux-x86_64, macosx-arm64, windows-x86_64]",
        Natives.missing("linux-arm64"));
    assertEquals("dualprocess-natives-" + Loader.getPlatform(), Natives.dependency());
  }

  @Test
  void mappedFilesDoNotCountAsUsedMemory() {
    Natives.load();
    assertEquals(0, Pointer.maxPhysicalBytes());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void threadsOfThePoolsDoNotSpin() {
    Natives.load();
    assertEquals("3000", variable("GOMP_SPINCOUNT"));
    assertEquals("4", variable("OPENBLAS_THREAD_TIMEOUT"));
    assertTrue(ThreadEnvironment.isLoaded("libgomp"));
    assertFalse(ThreadEnvironment.isLoaded("libnobodyhas"));
  }

  private static String variable(String name) {
    return Function.getFunction("c", "getenv").invokeString(new Object[] {name}, false);
  }
}

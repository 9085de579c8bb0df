package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What allocators say when there is no more, in one line with figures. */
class OutOfMemoryExceptionTest {
  /** As CUDACachingAllocator.cpp of libtorch 2.10 writes it. */
  private static final String CUDA =
      "CUDA out of memory. Tried to allocate 2.25 GiB. GPU 1 has a total capacity of 79.11 GiB of"
          + " which 10.75 MiB is free. Including non-PyTorch memory, this process has 79.09 GiB memory"
          + " in use. Of the allocated memory 77.54 GiB is allocated by PyTorch, and 540.05 MiB is"
          + " reserved by PyTorch but unallocated. If reserved but unallocated memory is large try"
          + " setting PYTORCH_ALLOC_CONF=expandable_segments:True to avoid fragmentation.  See"
          + " documentation for Memory Management "
          + " (https://pytorch.org/docs/stable/notes/cuda.html#environment-variables)\n"
          + "Exception raised from malloc at /pytorch/c10/cuda/CUDACachingAllocator.cpp:1566"
          + " (most recent call first):\nframe #0: c10::Error::Error(...)";

  private static OutOfMemoryException thrown(Throwable error) {
    return assertThrows(
        OutOfMemoryException.class,
        () ->
            Torch.plainly(
                () -> {
                  if (error instanceof Error fatal) {
                    throw fatal;
                  }
                  throw (RuntimeException) error;
                }));
  }

  @Test
  void aGpuIsNamedWithWhatWasWantedAndWhatIsFree() {
    RuntimeException told = new RuntimeException(CUDA);
    OutOfMemoryException error = thrown(told);
    assertEquals(
        "out of memory on cuda:1: 2.3 GiB more were wanted, 10.75 MiB of 79.11 GiB are free",
        error.getMessage());
    assertSame(told, error.getCause());
  }

  @Test
  void theHostIsNamedWithWhatWasWanted() {
    OutOfMemoryException error =
        assertThrows(
            OutOfMemoryException.class,
            () -> Torch.plainly(() -> Memory.kept(() -> torch.zeros(1L << 50))));
    String line = error.getMessage();
    assertTrue(line.startsWith("out of memory on cpu: 4194304.0 GiB more were wanted, "), line);
    assertTrue(line.matches(".*, [\\d.]+ [GM]iB are free"), line);
  }

  @Test
  void javasHeapIsNamedWithItsOption() {
    String line = thrown(new OutOfMemoryError("Java heap space")).getMessage();
    assertTrue(line.startsWith("out of memory in Java (Java heap space), whose heap may take "));
    assertTrue(line.endsWith("give it more with -Xmx"), line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "std::bad_alloc"
      })
  void othersAreToldAsTheyAre(String text) {
    String first = text.lines().findFirst().orElseThrow();
    assertEquals("out of memory: " + first, thrown(new RuntimeException(text)).getMessage());
  }

  @Test
  void otherErrorsAreNone() {
    RuntimeException other = new IllegalStateException("out of memory");
    assertSame(other, assertThrows(RuntimeException.class, () -> Torch.plainly(() -> fail(other))));
    assertFalse(Torch.isOutOfMemory(new RuntimeException("The size of tensor a (3) must match")));
  }

  private static Object fail(RuntimeException error) {
    throw error;
  }

  @Test
  void moreCanBeSaid() {
    OutOfMemoryException error = OutOfMemoryException.of(new RuntimeException(CUDA));
    assertTrue(error.with("try less").getMessage().endsWith("are free; try less"));
    assertSame(error, OutOfMemoryException.of(error));
  }

  /** What was made before in the same scope goes, and a smaller one succeeds. */
  @Test
  void nothingStaysBehindAndSomethingSmallerFollows() {
    Natives.load();
    long before = Pointer.totalCount();
    for (int i = 0; i < 3; i++) {
      assertThrows(
          OutOfMemoryException.class,
          () ->
              Torch.plainly(
                  () ->
                      Memory.scoped(
                          () -> {
                            Tensor some = torch.zeros(1L << 20);
                            return some.add(torch.zeros(1L << 50));
                          })));
      assertTrue(Pointer.totalCount() <= before, () -> Pointer.totalCount() + " after " + before);
    }
    try (PointerScope scope = new PointerScope()) {
      assertEquals(1024.0, Torch.plainly(() -> torch.ones(1024).sum().item_double()));
    }
  }
}

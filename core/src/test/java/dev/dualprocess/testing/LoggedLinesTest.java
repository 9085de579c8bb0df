package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggedLinesTest {
  @Test
  void warningsAloneAreGivenAndOnlyThoseOfTheAction() throws Exception {
    LoggerFactory.getLogger("before").warn("earlier");
    List<String> warnings =
        LoggedLines.warnings(
            () -> {
              LoggerFactory.getLogger("inside").warn("as asked");
              LoggerFactory.getLogger("inside").info("by the way");
            });
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).endsWith("as asked"), warnings::toString);
  }
}

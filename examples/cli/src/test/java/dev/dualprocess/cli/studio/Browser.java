package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.io.Resources;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A real browser, as a person has it. */
final class Browser implements AutoCloseable {
  private static final List<String> DRIVERS =
      List.of("/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver");
  private static final List<String> PROGRAMS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final int STILL = 50; // tenths of a second

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Opens one of that size, or skips the test where there is none. */
  static Browser open(int width, int height) {
    String program = first(PROGRAMS);
    String server = first(DRIVERS);
    assumeTrue(
        !program.isEmpty() && !server.isEmpty(),
        "there is no browser: install chromium and chromium-driver to test the studio's page");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(program);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-prefers-reduced-motion",
        "--window-size=" + width + "," + height);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(server))
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  private static String first(List<String> paths) {
    return Stream.concat(paths.stream(), Stream.of(System.getProperty("studio.browser", "")))
        .filter(path -> !path.isEmpty() && Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElse("");
  }

  /** Goes to an address and waits for the page to be whole. */
  void go(String address) {
    driver.get(address);
    ready();
  }

  void reload() {
    driver.navigate().refresh();
    ready();
  }

  private void ready() {
    await("body[data-ready=\"true\"]");
  }

  /** The element when it is there. */
  WebElement await(String selector) {
    return waiting().until(d -> d.findElement(By.cssSelector(selector)));
  }

  /** The element when it says something like that. */
  WebElement await(String selector, String regex) {
    return waiting()
        .withMessage(() -> selector + " says '" + text(selector) + "', not " + regex)
        .until(
            d -> {
              WebElement element = d.findElement(By.cssSelector(selector));
              return element.getText().matches("(?s).*(" + regex + ").*") ? element : null;
            });
  }

  private WebDriverWait waiting() {
    WebDriverWait waiting = new WebDriverWait(driver, PATIENCE);
    waiting.ignoring(NoSuchElementException.class, StaleElementReferenceException.class);
    return waiting;
  }

  String text(String selector) {
    List<WebElement> found = driver.findElements(By.cssSelector(selector));
    return found.isEmpty() ? "" : found.get(0).getText();
  }

  boolean shows(String selector) {
    return driver.findElements(By.cssSelector(selector)).stream().anyMatch(WebElement::isDisplayed);
  }

  void click(String selector) {
    WebElement element = still(selector);
    waiting().until(d -> element.isDisplayed() && element.isEnabled());
    new Actions(driver).moveToElement(element).click().perform();
  }

  /** The element in the middle of the window, when it has stopped moving. */
  private WebElement still(String selector) {
    WebElement element = await(selector);
    Rectangle before = new Rectangle(0, 0, 0, 0);
    for (int i = 0; i < STILL; i++) {
      script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element);
      Rectangle now = element.getRect();
      if (now.equals(before)) {
        return element;
      }
      before = now;
      new Actions(driver).pause(Duration.ofMillis(100)).perform();
    }
    return element;
  }

  /** Drags something by so many pixels. */
  void drag(String selector, int dx, int dy) {
    WebElement element = still(selector);
    new Actions(driver)
        .moveToElement(element)
        .clickAndHold()
        .moveByOffset(dx / 2, dy / 2)
        .moveByOffset(dx - dx / 2, dy - dy / 2)
        .release()
        .perform();
  }

  Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) driver).executeScript(script, arguments);
  }

  Object scriptThatEnds(String script) {
    driver.manage().timeouts().scriptTimeout(Duration.ofMinutes(2));
    return ((JavascriptExecutor) driver).executeAsyncScript(script);
  }

  /** The colours that the system of whoever looks is set to. */
  void scheme(String lightOrDark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", lightOrDark))));
  }

  void size(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** A picture of what is in the window. */
  void screenshot(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
  }

  /** What axe-core calls serious or critical about the page as it stands. */
  @SuppressWarnings("unchecked")
  List<String> barriers() throws IOException {
    URL axe = Resources.getResource("axe.min.js");
    script(Resources.toString(axe, StandardCharsets.UTF_8) + "; window.axe = axe;");
    return (List<String>)
        scriptThatEnds(
            "const done = arguments[arguments.length - 1];"
                + "window.axe.run().then(r => done(r.violations"
                + ".filter(v => v.impact === 'serious' || v.impact === 'critical')"
                + ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))))");
  }

  /** Everything the page's console holds that is an error. */
  List<String> errors() {
    return driver.manage().logs().get("browser").getAll().stream()
        .filter(entry -> entry.getLevel().getName().equals("SEVERE"))
        .map(entry -> entry.getMessage())
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}

package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
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
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A real browser, as a person has it. */
final class Browser implements AutoCloseable {
  private static final List<String> DRIVERS =
      List.of("/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver");
  private static final List<String> PROGRAMS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration READY = Duration.ofSeconds(40);

  private static final int STILL = 50; // tenths of a second

  private static final ObjectMapper MAPPER = new ObjectMapper();

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
    waiting(READY)
        .withMessage(() -> "the page never was whole: " + text("body") + errors())
        .until(d -> d.findElement(By.cssSelector("body[data-ready=\"true\"]")));
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

  /** Waits until there is no such element any more. */
  void awaitNone(String selector) {
    waiting().until(d -> d.findElements(By.cssSelector(selector)).isEmpty());
  }

  private WebDriverWait waiting() {
    return waiting(PATIENCE);
  }

  private WebDriverWait waiting(Duration patience) {
    WebDriverWait waiting = new WebDriverWait(driver, patience);
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
    waiting()
        .withMessage(() -> selector + " never could be clicked")
        .until(
            d -> {
              WebElement element = still(selector);
              if (!element.isDisplayed() || !element.isEnabled()) {
                return false;
              }
              new Actions(d).moveToElement(element).click().perform();
              return true;
            });
  }

  /** The element in the middle of the window, when it has stopped moving. */
  private WebElement still(String selector) {
    Rectangle before = new Rectangle(0, 0, 0, 0);
    for (int i = 0; i < STILL; i++) {
      WebElement element = await(selector);
      try {
        script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element);
        Rectangle now = element.getRect();
        if (now.equals(before)) {
          return element;
        }
        before = now;
      } catch (StaleElementReferenceException e) {
        // The page has put another in its place.
      }
      new Actions(driver).pause(Duration.ofMillis(100)).perform();
    }
    return await(selector);
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

  /** Clicks at a place of an element, as fractions of its sides. */
  void clickAt(String selector, double x, double y) {
    WebElement element = still(selector);
    Rectangle box = element.getRect();
    new Actions(driver)
        .moveToElement(
            element,
            (int) Math.round((x - 0.5) * box.getWidth()),
            (int) Math.round((y - 0.5) * box.getHeight()))
        .click()
        .perform();
  }

  /** Presses keys wherever the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Goes on with Tab until the focus is there. */
  void tabTo(String selector) {
    for (int i = 0; i < 200; i++) {
      if (Boolean.TRUE.equals(
          script("return document.activeElement.matches(arguments[0])", selector))) {
        return;
      }
      press(Keys.TAB);
    }
    throw new AssertionError("Tab never came to " + selector);
  }

  /** Types into a field what is to be in it. */
  void type(String selector, String text) {
    WebElement field = still(selector);
    field.clear();
    field.sendKeys(text);
  }

  /** Chooses a file in a field for files. */
  void choose(String selector, Path file) {
    await(selector).sendKeys(file.toAbsolutePath().toString());
  }

  /** Chooses an option by its value. */
  void select(String selector, String value) {
    new Select(still(selector)).selectByValue(value);
  }

  /** What a field has. */
  String value(String selector) {
    return String.valueOf(await(selector).getDomProperty("value"));
  }

  /** The draft of the form, once it is so. */
  JsonNode draft(Predicate<JsonNode> wanted) throws IOException {
    JsonNode last = MissingNode.getInstance();
    for (int i = 0; i < STILL * 4; i++) {
      Object draft = script("return localStorage.getItem('draft')");
      last = draft == null ? last : MAPPER.readTree(draft.toString());
      if (wanted.test(last)) {
        return last;
      }
      new Actions(driver).pause(Duration.ofMillis(50)).perform();
    }
    throw new AssertionError("the form never was so: " + last);
  }

  /** The pixels of a picture on the page as they are shown, once they are those, else the last. */
  List<Integer> pixelsOf(String selector, List<Integer> wanted) {
    List<Integer> seen = List.of();
    for (int i = 0; i < STILL * 4 && !seen.equals(wanted); i++) {
      seen = pixelsOf(selector);
    }
    return seen;
  }

  private List<Integer> pixelsOf(String selector) {
    Object pixels =
        script(
            "const image = document.querySelector(arguments[0]);"
                + " if (!image?.naturalWidth) { return []; }"
                + " const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);"
                + " const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);"
                + " const {data} = context.getImageData(0, 0, canvas.width, canvas.height);"
                + " return Array.from({length: data.length / 4},"
                + " (_, i) => data[4 * i] << 16 | data[4 * i + 1] << 8 | data[4 * i + 2]);",
            selector);
    return ((List<?>) pixels).stream().map(pixel -> ((Number) pixel).intValue()).toList();
  }

  /** Lets a file fall on the page that has what is at that address. */
  void drop(String address) {
    scriptThatEnds(
        "const [url, done] = arguments; fetch(url).then(r => r.blob()).then(blob => {"
            + " const dataTransfer = new DataTransfer();"
            + " dataTransfer.items.add(new File([blob], 'dropped.png', {type: 'image/png'}));"
            + " document.body.dispatchEvent("
            + "new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));"
            + " done(); });",
        address);
  }

  /** The folder that takes what is downloaded. */
  void downloadTo(Path folder) {
    driver.executeCdpCommand(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", folder.toAbsolutePath().toString()));
  }

  Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) driver).executeScript(script, arguments);
  }

  Object scriptThatEnds(String script, Object... arguments) {
    driver.manage().timeouts().scriptTimeout(Duration.ofMinutes(2));
    return ((JavascriptExecutor) driver).executeAsyncScript(script, arguments);
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

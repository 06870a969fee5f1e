package dev.towpath.task.python.environment;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in one message why packages were not installed, with the line that asks for them. */
final class InstallFailure {
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "NewConnectionError|Failed to establish a new connection|ConnectTimeout|ReadTimeout"
              + "|Name or service not known|Temporary failure in name resolution|ProxyError"
              + "|client error \\(Connect\\)|error sending request|[Cc]onnection refused"
              + "|dns error|Network is unreachable|SSLError|CERTIFICATE_VERIFY_FAILED");

  private static final Pattern NO_MATCH =
      Pattern.compile("No matching distribution found for ([^\\s;(]+(?: ?[<>=!~][^\\s;(]+)*)");
  private static final Pattern NO_VERSION = Pattern.compile("\\(from versions: ([^)]*)\\)");
  private static final Pattern UV_NO_PACKAGE = Pattern.compile("Because (\\S+) was not found in");
  private static final Pattern UV_NO_VERSION =
      Pattern.compile(
          "there (?:is|are) no versions? of (\\S+?)(?:\\{[^}]*\\})?([<>=!~]\\S*)?(?: |,|$)");
  private static final Pattern CONFLICT =
      Pattern.compile(
          "ERROR: Cannot install (.+?) because these package versions have conflicting");
  private static final Pattern CAUSE = Pattern.compile("^ {4}(\\S.*)$", Pattern.MULTILINE);
  private static final Pattern INVALID =
      Pattern.compile(
          "Invalid requirement: '?([^']+?)'?(?:: .*?)?\\s*\\(from line (\\d+) of ([^)]+)\\)");
  private static final Pattern UV_INVALID =
      Pattern.compile("^error: .*: ([^\\s:]+):(\\d+):\\d+$", Pattern.MULTILINE);
  private static final Pattern UV_FETCH = Pattern.compile("…/simple/([\\w.-]+)/");
  private static final Pattern NOT_TRUSTED =
      Pattern.compile("located at (\\S+) is not a trusted or secure host");
  private static final Pattern NO_FILE =
      Pattern.compile("Could not open requirements file: .*?: '([^']+)'");
  private static final Pattern BUILD =
      Pattern.compile(
          "Failed building wheel for (\\S+)|Failed to build installable wheels for some"
              + " pyproject.toml based projects \\(?([^)\\s]+)|Failed to build `?([\\w.-]+)");
  private static final Pattern COLLECTED =
      Pattern.compile("^\\s*Collecting (\\S+)", Pattern.MULTILINE);
  private static final Pattern OTHER_PYTHON =
      Pattern.compile("Package '([^']+)' requires a different Python: (\\S+) not in '([^']+)'");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private final String tool;
  private final Requirements requirements;
  private final Command.Ended ended;
  private final String text;

  InstallFailure(String tool, Requirements requirements, Command.Ended ended) {
    this.tool = tool;
    this.requirements = requirements;
    this.ended = ended;
    this.text = ended.text();
  }

  /** The message. */
  TowpathException told() {
    return notTrusted()
        .or(this::unreachable)
        .or(this::outOfStep)
        .or(this::noSpace)
        .or(this::invalid)
        .or(this::otherPython)
        .or(this::conflict)
        .or(this::notFound)
        .or(this::notBuilt)
        .orElseGet(() ->
            failure(
                Location.of(requirements.file()),
                tool + " could not install what it asks for: " + lastLine(ended),
                null));
  }

  private Optional<TowpathException> notTrusted() {
    Matcher host = NOT_TRUSTED.matcher(text);
    if (!host.find()) {
      return Optional.empty();
    }
    List<String> wanted = named(NO_MATCH, 1);
    return Optional.of(
        failure(
            requirements.place(names(wanted)),
            (wanted.isEmpty() ? "its packages" : quoted(wanted.getFirst()))
                + " cannot be had: the package index is reached by http, which pip does not trust",
            "use https, or set PIP_TRUSTED_HOST to its host"));
  }

  private Optional<TowpathException> outOfStep() {
    return text.contains("needs to be updated, but `--locked`")
        ? Optional.of(
            failure(
                new Location("uv.lock", 1, 1),
                "uv.lock is older than pyproject.toml, which asks for something else",
                "bring it up to date: uv lock"))
        : Optional.empty();
  }

  private Optional<TowpathException> unreachable() {
    if (!UNREACHABLE.matcher(text).find()) {
      return Optional.empty();
    }
    List<String> wanted = named(tool.equals("uv") ? UV_FETCH : NO_MATCH, 1);
    return Optional.of(
        failure(
            requirements.place(names(wanted)),
            (wanted.isEmpty() ? "its packages" : quoted(wanted.getFirst()))
                + " cannot be had: no package index can be reached",
            "connect to the network once; what is installed is kept and works without it"));
  }

  private Optional<TowpathException> noSpace() {
    if (!text.contains("No space left on device") && !text.contains("os error 28")) {
      return Optional.empty();
    }
    return Optional.of(
        failure(
            Location.of(requirements.file()),
            "there is no room on the disk for its packages",
            "make room, or set XDG_CACHE_HOME to a folder on another disk"));
  }

  private Optional<TowpathException> invalid() {
    Matcher invalid = INVALID.matcher(text);
    if (invalid.find()) {
      return Optional.of(
          failure(
              requirements.line(invalid.group(3), Integer.parseInt(invalid.group(2))),
              "\"" + invalid.group(1) + "\" is no requirement",
              "write one a line, such as pandas>=2.2"));
    }
    Matcher uv = UV_INVALID.matcher(text);
    if (uv.find() && requirements.files().containsKey(uv.group(1))) {
      int line = Integer.parseInt(uv.group(2));
      return Optional.of(
          failure(
              requirements.line(uv.group(1), line),
              "\"" + requirements.text(uv.group(1), line) + "\" is no requirement",
              "write one a line, such as pandas>=2.2"));
    }
    Matcher file = NO_FILE.matcher(text);
    if (file.find()) {
      return Optional.of(
          failure(
              requirements.place(List.of(file.group(1))),
              "the file " + file.group(1) + " does not exist",
              "correct its path, which is relative to this file"));
    }
    return Optional.empty();
  }

  private Optional<TowpathException> otherPython() {
    Matcher other = OTHER_PYTHON.matcher(text);
    if (!other.find()) {
      return Optional.empty();
    }
    return Optional.of(
        failure(
            requirements.place(names(List.of(other.group(1)))),
            quoted(other.group(1))
                + " needs Python "
                + other.group(3)
                + ", and this is "
                + other.group(2),
            "ask for another version, or set TOWPATH_PYTHON to another Python"));
  }

  private Optional<TowpathException> conflict() {
    Matcher conflict = CONFLICT.matcher(text);
    if (conflict.find()) {
      String causes = text.substring(conflict.end());
      int end = causes.indexOf("To fix this");
      List<String> lines =
          CAUSE
              .matcher(end < 0 ? causes : causes.substring(0, end))
              .results()
              .map(m -> m.group(1))
              .toList();
      List<String> packages = new ArrayList<>();
      for (String line : lines) {
        packages.add(line.replaceFirst("^The user requested (\\(constraint\\) )?", ""));
      }
      return Optional.of(
          failure(
              requirements.place(names(packages)),
              "its packages cannot be installed together: " + joined(lines),
              "loosen one of the versions"));
    }
    int solution = text.indexOf("we can conclude that");
    if (tool.equals("uv")
        && solution >= 0
        && !UV_NO_PACKAGE.matcher(text).find()
        && !UV_NO_VERSION.matcher(text).find()) {
      String cause = sentence(text.substring(text.indexOf("Because ")));
      return Optional.of(
          failure(
              requirements.place(names(named(Pattern.compile("require ([\\w.-]+==\\S+?)[,.]"), 1))),
              "its packages cannot be installed together: " + cause,
              "loosen one of the versions"));
    }
    return Optional.empty();
  }

  private Optional<TowpathException> notFound() {
    Matcher match = NO_MATCH.matcher(text);
    if (match.find()) {
      Matcher versions = NO_VERSION.matcher(text);
      String known = versions.find() ? versions.group(1) : "none";
      String wanted = match.group(1);
      return Optional.of(
          known.equals("none") ? noPackage(wanted) : noVersion(wanted, latest(known)));
    }
    Matcher uv = UV_NO_PACKAGE.matcher(text);
    if (uv.find()) {
      return Optional.of(noPackage(uv.group(1)));
    }
    Matcher version = UV_NO_VERSION.matcher(text);
    if (version.find()) {
      String what = version.group(2) == null ? "" : version.group(2);
      return Optional.of(noVersion(version.group(1) + what, ""));
    }
    return Optional.empty();
  }

  private TowpathException noPackage(String wanted) {
    return failure(
        requirements.place(names(List.of(wanted))),
        tool + " found no package " + quoted(wanted),
        "check how its name is written, and whether it is for this Python");
  }

  private TowpathException noVersion(String wanted, String latest) {
    return failure(
        requirements.place(names(List.of(wanted))),
        tool + " found no version " + quoted(wanted) + " for this Python",
        latest.isEmpty() ? "ask for another version" : "the newest is " + latest);
  }

  private static String latest(String versions) {
    String[] all = versions.split(",\\s*", -1);
    return all[all.length - 1];
  }

  private Optional<TowpathException> notBuilt() {
    boolean build =
        text.contains("subprocess-exited-with-error") || text.contains("Failed to build");
    if (!build) {
      return Optional.empty();
    }
    List<String> failed = new ArrayList<>();
    BUILD.matcher(text).results().forEach(m -> failed.add(firstGroup(m)));
    if (failed.isEmpty()) {
      List<String> collected = named(COLLECTED, 1);
      if (!collected.isEmpty()) {
        failed.add(collected.getLast()); // it fails before pip names it
      }
    }
    String name = failed.isEmpty() ? "a package" : quoted(failed.getFirst());
    return Optional.of(
        failure(
            requirements.place(names(failed)),
            name + " does not install: " + buildError(),
            "ask for a version that has wheels for this Python, or install what it needs to build"));
  }

  private static String firstGroup(MatchResult match) {
    for (int i = 1; i <= match.groupCount(); i++) {
      if (match.group(i) != null) {
        return match.group(i);
      }
    }
    return match.group();
  }

  /** The last line of the traceback that a build printed. */
  private String buildError() {
    int end = text.indexOf("[end of output]");
    List<String> lines =
        (end < 0 ? text : text.substring(0, end)).lines().filter(l -> !l.isBlank()).toList();
    for (String line : lines.reversed()) {
      String told = line.strip().replaceFirst("^[│╰─>×|\\s]+", "");
      if (told.matches("(\\w+\\.)*\\w*(Error|Exception|Exit)\\b.*|error: .*|fatal error.*")) {
        return shortened(told);
      }
    }
    return lines.isEmpty() ? "its build failed" : shortened(lines.getLast().strip());
  }

  private List<String> named(Pattern pattern, int group) {
    return pattern.matcher(text).results().map(m -> m.group(group)).toList();
  }

  /** The names of packages at the start of requirements. */
  private static List<String> names(List<String> requirements) {
    return requirements.stream()
        .map(NAME::matcher)
        .filter(Matcher::lookingAt)
        .map(Matcher::group)
        .toList();
  }

  /** What a tool said last, without its prefix. */
  static String lastLine(Command.Ended ended) {
    List<String> lines = ended.lines().stream().filter(l -> !l.isBlank()).toList();
    for (String line : lines.reversed()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("error: ")) {
        return shortened(line.substring("error: ".length()));
      }
    }
    return lines.isEmpty()
        ? "it ended with exit code " + ended.code()
        : shortened(lines.getLast().strip());
  }

  private static String sentence(String cause) {
    return shortened(cause.replaceAll("\\s+", " ").replaceFirst("^Because ", ""));
  }

  private static String joined(List<String> lines) {
    return shortened(String.join("; ", lines).replace("The user requested", "this file asks for"));
  }

  private static String shortened(String line) {
    return line.length() <= 300 ? line : line.substring(0, 299) + "…";
  }

  private static String quoted(String wanted) {
    return "\"" + wanted.strip() + "\"";
  }

  private static TowpathException failure(
      Location at, String message, @org.jspecify.annotations.Nullable String hint) {
    return new TowpathException(
        List.of(hint == null ? Problem.error(at, message) : Problem.error(at, message, hint)));
  }
}

package dev.towpath.core.check;

import dev.towpath.spi.PythonParser.Build;
import dev.towpath.spi.PythonParser.Named;
import dev.towpath.spi.PythonParser.Parsed;
import dev.towpath.spi.PythonParser.Place;
import dev.towpath.spi.PythonParser.Read;
import dev.towpath.spi.PythonParser.Wrong;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parsed Python files without mistakes as bytes of the cache. */
final class PythonCache {
  private PythonCache() {}

  /**
   * What is remembered of a file.
   *
   * @param imported hash of the project's own files that it imports
   */
  record Entry(Parsed parsed, String imported) {}

  static void write(DataOutputStream out, Entry entry) throws IOException {
    CheckCache.text(out, entry.imported());
    Parsed file = entry.parsed();
    out.writeBoolean(file.build().isPresent());
    if (file.build().isPresent()) {
      write(out, file.build().get().at());
      out.writeBoolean(file.build().get().parameters().isPresent());
      CheckCache.texts(out, file.build().get().parameters().orElse(List.of()));
    }
    out.writeInt(file.reads().size());
    for (Read read : file.reads()) {
      write(out, read.table());
      out.writeBoolean(read.columns().isPresent());
      if (read.columns().isPresent()) {
        write(out, read.columns().get());
      }
    }
    places(out, file.computedReads());
    places(out, file.escapes());
    out.writeInt(file.wrong().size());
    for (Wrong wrong : file.wrong()) {
      CheckCache.text(out, wrong.message());
      CheckCache.text(out, wrong.hint());
      write(out, wrong.at());
    }
    write(out, file.near().stream().toList());
    write(out, file.variables());
    out.writeBoolean(file.computedVariables());
    places(out, file.bounds().stream().toList());
    out.writeBoolean(file.now());
    CheckCache.texts(out, file.imports());
    CheckCache.texts(out, file.absent());
    CheckCache.texts(out, file.modules());
    CheckCache.text(out, file.canonical());
  }

  static Entry read(DataInputStream in) throws IOException {
    String imported = CheckCache.text(in);
    return new Entry(parsed(in), imported);
  }

  private static Parsed parsed(DataInputStream in) throws IOException {
    Optional<Build> build = in.readBoolean() ? Optional.of(build(in)) : Optional.empty();
    List<Read> reads = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      Named table = named(in);
      reads.add(new Read(table, in.readBoolean() ? Optional.of(names(in)) : Optional.empty()));
    }
    return new Parsed(
        build,
        reads,
        places(in),
        places(in),
        wrong(in),
        names(in).stream().findFirst(),
        names(in),
        in.readBoolean(),
        places(in).stream().findFirst(),
        in.readBoolean(),
        CheckCache.texts(in),
        CheckCache.texts(in),
        CheckCache.texts(in),
        CheckCache.text(in),
        Optional.empty());
  }

  private static void places(DataOutputStream out, List<Place> places) throws IOException {
    out.writeInt(places.size());
    for (Place place : places) {
      write(out, place);
    }
  }

  private static List<Place> places(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      places.add(place(in));
    }
    return places;
  }

  private static List<Wrong> wrong(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<Wrong> wrong = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      wrong.add(new Wrong(CheckCache.text(in), CheckCache.text(in), place(in)));
    }
    return wrong;
  }

  private static Build build(DataInputStream in) throws IOException {
    Place at = place(in);
    boolean known = in.readBoolean();
    List<String> parameters = CheckCache.texts(in);
    return new Build(at, known ? Optional.of(parameters) : Optional.empty());
  }

  private static void write(DataOutputStream out, Place place) throws IOException {
    out.writeInt(place.line());
    out.writeInt(place.column());
  }

  private static Place place(DataInputStream in) throws IOException {
    return new Place(in.readInt(), in.readInt());
  }

  private static void write(DataOutputStream out, Named name) throws IOException {
    CheckCache.text(out, name.name());
    write(out, name.at());
  }

  private static Named named(DataInputStream in) throws IOException {
    return new Named(CheckCache.text(in), place(in));
  }

  private static void write(DataOutputStream out, List<Named> names) throws IOException {
    out.writeInt(names.size());
    for (Named name : names) {
      write(out, name);
    }
  }

  private static List<Named> names(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<Named> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(named(in));
    }
    return names;
  }
}

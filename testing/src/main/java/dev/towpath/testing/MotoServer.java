package dev.towpath.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * moto, from PyPI, which plays S3 on a free port of the loopback interface, with one bucket, {@code
 * lake}, and one user. It checks signatures as botocore makes them. It ends with this process,
 * however that ends: a shell between the two waits for the end of its input.
 */
public final class MotoServer implements AutoCloseable {
  private static final List<String> PACKAGES = List.of("moto[server]==5.2.5", "boto3==1.44.8");
  private static final String GUARD = "\"$@\" </dev/null & pid=$!; read -r _; kill $pid; wait $pid";
  private static final int PATIENCE_SECONDS = 120;

  /** Makes the bucket and the user, and prints the user's keys. What comes next needs them. */
  private static final String SETUP =
      """
      import boto3, json, sys
      any = dict(endpoint_url=sys.argv[1], region_name="us-east-1",
                 aws_access_key_id="none", aws_secret_access_key="none")
      boto3.client("s3", **any).create_bucket(Bucket="lake")
      iam = boto3.client("iam", **any)
      iam.create_user(UserName="reader")
      iam.put_user_policy(UserName="reader", PolicyName="s3", PolicyDocument=json.dumps({
          "Version": "2012-10-17",
          "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
      key = iam.create_access_key(UserName="reader")["AccessKey"]
      print(key["AccessKeyId"], key["SecretAccessKey"])
      """;

  private static final String SETUP_REQUESTS = "4";

  private static final String PUT =
      """
      import boto3, sys
      s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1",
                        aws_access_key_id=sys.argv[2], aws_secret_access_key=sys.argv[3])
      for key in sys.argv[4:]:
          s3.put_object(Bucket="lake", Key=key, Body=b"x")
      """;

  private final Venv venv;
  private final int port = Programs.freePort();
  private final Process guard;
  private final String access;
  private final String secret;

  private MotoServer() throws IOException, InterruptedException {
    venv = Venv.with(PACKAGES);
    List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "guard"));
    command.addAll(List.of(venv.python().toString(), "-m", "moto.server", "-H", "127.0.0.1"));
    command.addAll(List.of("-p", Integer.toString(port)));
    Path log = Files.createTempFile("moto", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("INITIAL_NO_AUTH_ACTION_COUNT", SETUP_REQUESTS);
    guard = builder.start();
    log.toFile().deleteOnExit();
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    while (!answers()) {
      if (!guard.isAlive() || System.nanoTime() > end) {
        close();
        throw new IllegalStateException("moto does not start:\n" + Files.readString(log));
      }
      Programs.pause(50);
    }
    String[] keys = python(SETUP, List.of(url())).strip().split(" ");
    access = keys[0];
    secret = keys[1];
  }

  /** Starts one; the caller closes it. */
  public static MotoServer start() throws IOException, InterruptedException {
    return new MotoServer();
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Its address. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The user's access key. */
  public String access() {
    return access;
  }

  /** The user's secret key. */
  public String secret() {
    return secret;
  }

  /** Puts objects into the bucket, by AWS's own library. */
  public void put(String... keys) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(url(), access, secret));
    arguments.addAll(List.of(keys));
    python(PUT, arguments);
  }

  private String python(String code, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-c", code));
    all.addAll(arguments);
    Venv.Ended ended = venv.run(Path.of("."), Map.of("AWS_SESSION_TOKEN", ""), all);
    if (ended.code() != 0) {
      throw new IllegalStateException(ended.output());
    }
    return ended.output();
  }

  @Override
  public void close() {
    try {
      guard.getOutputStream().close();
    } catch (IOException e) {
      // it ended by itself
    }
    Programs.await(guard);
  }
}

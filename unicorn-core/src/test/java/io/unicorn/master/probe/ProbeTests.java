package io.unicorn.master.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.log.LogWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The address of probes, with real connections.
 */
@Timeout(60)
class ProbeTests {

	/** More than the server has threads. */
	private static final int CLIENTS = 20;

	@TempDir
	private Path directory;

	private final List<Socket> clients = new ArrayList<>();

	private LogQueue log;

	private int port;

	private Probe probe;

	@BeforeEach
	void create() throws IOException {
		this.log = new LogQueue(new LogWriter(4711, "shop", MasterLog.text(this.directory.resolve("log").toString())));
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.port = free.getLocalPort();
		}
		this.probe = probe(new LaunchPlan.Probe(new ProbeAddress("127.0.0.1", this.port), 2));
	}

	private Probe probe(LaunchPlan.Probe plan) {
		return new Probe(plan, this.log, Runnable::run, () -> Snapshots.pool("running", 1));
	}

	@AfterEach
	void close() throws IOException {
		this.probe.close();
		for (Socket client : this.clients) {
			client.close();
		}
		this.log.close();
	}

	private String logged() throws IOException {
		this.log.flush(Duration.ofSeconds(10));
		Path file = this.directory.resolve("log");
		return Files.exists(file) ? Files.readString(file) : "";
	}

	private HttpURLConnection request(String method, String path) throws IOException {
		HttpURLConnection request = (HttpURLConnection) URI.create("http://127.0.0.1:" + this.port + path)
			.toURL()
			.openConnection();
		request.setRequestMethod(method);
		return request;
	}

	private void connect(String beginning) throws IOException {
		Socket client = new Socket(InetAddress.getLoopbackAddress(), this.port);
		client.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
		this.clients.add(client);
	}

	@Test
	void probesAreAnsweredOnConnectionsThatEnd() throws IOException {
		this.probe.listen();
		assertThat(logged()).contains("answering probes on 127.0.0.1:" + this.port);
		HttpURLConnection live = request("GET", "/livez");
		assertThat(live.getResponseCode()).isEqualTo(200);
		assertThat(live.getHeaderField("Connection")).isEqualTo("close");
		assertThat(live.getInputStream()).hasContent("ok\n");
		HttpURLConnection ready = request("GET", "/readyz");
		assertThat(ready.getResponseCode()).isEqualTo(503);
		assertThat(ready.getErrorStream()).hasContent("1 of 3 workers ready, 2 needed\n");
		HttpURLConnection wrong = request("DELETE", "/readyz");
		assertThat(wrong.getResponseCode()).isEqualTo(405);
		assertThat(wrong.getHeaderField("Allow")).isEqualTo("GET, HEAD");
	}

	@Test
	void headHasNoBody() throws IOException {
		this.probe.listen();
		HttpURLConnection head = request("HEAD", "/livez");
		assertThat(head.getResponseCode()).isEqualTo(200);
		assertThat(head.getContentLength()).isEqualTo(3);
		assertThat(head.getInputStream()).isEmpty();
	}

	@Test
	void clientsThatSendNothingOccupyNoThread() throws IOException {
		this.probe.listen();
		for (int i = 0; i < CLIENTS; i++) {
			connect("");
		}
		assertThat(request("GET", "/livez").getResponseCode()).isEqualTo(200);
	}

	@Test
	void aRequestThatIsNotCompletedIsEndedByTheServer() throws IOException {
		this.probe.listen();
		connect("GET /li");
		assertThat(this.clients.get(0).getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void anAddressThatIsInUseIsLoggedAndThePoolGoesOn() throws IOException {
		try (ServerSocket other = new ServerSocket(this.port, 1, InetAddress.getLoopbackAddress())) {
			assertThat(other.isBound()).isTrue();
			this.probe.listen();
		}
		assertThat(logged()).containsOnlyOnce("ERROR")
			.contains("no probes are answered on 127.0.0.1:" + this.port + ": Address already in use");
	}

	@Test
	void anotherMasterCanListenMeanwhile() throws IOException {
		this.probe.listen();
		this.probe.suspend();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> request("GET", "/livez").getResponseCode());
		this.probe.resume();
		assertThat(request("GET", "/livez").getResponseCode()).isEqualTo(200);
		this.probe.close();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> request("GET", "/livez").getResponseCode());
	}

	@Test
	void withoutAnAddressNothingHappens() throws IOException {
		Probe none = probe(null);
		none.listen();
		none.suspend();
		none.resume();
		none.close();
		assertThat(logged()).isEmpty();
	}

}

package io.unicorn.boot.bootstrap.addresses;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class WebAddressesTests {

	private final MockEnvironment environment = new MockEnvironment();

	private final List<String> calls = new ArrayList<>();

	private LaunchPlan.@Nullable Probe probe;

	/** Fails on ports from 1 to 1023 and on port 9999. */
	private Posix posix() {
		return (Posix) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Posix.class },
				(proxy, method, arguments) -> {
					switch (method.getName()) {
						case "listen" -> {
							return listen((InetAddress) arguments[0], (int) arguments[1], (int) arguments[2]);
						}
						case "close" -> {
							this.calls.add("close " + arguments[0]);
							return null;
						}
						default -> throw new UnsupportedOperationException(method.getName());
					}
				});
	}

	private Listener listen(InetAddress address, int port, int backlog) throws PosixException {
		if (port == 9999) {
			throw new PosixException("bind", PosixException.EADDRINUSE, "Address already in use");
		}
		if (port > 0 && port < 1024) {
			throw new PosixException("bind 0.0.0.0:" + port, PosixException.EACCES, "Permission denied");
		}
		this.calls.add("listen " + ((address != null) ? address.getHostAddress() + " " : "") + port + " " + backlog);
		return new Listener(10 + this.calls.size(), new InetSocketAddress(port));
	}

	private WebAddresses web(Environment source, String... passed) {
		return new WebAddresses(source, getClass().getClassLoader(), UnicornPropertiesBinder.bind(source),
				new PassedSockets(List.of(passed)));
	}

	private Map<String, Listener> open() {
		return OpenListeners.of(web(this.environment).addresses(), this.probe, posix());
	}

	@Test
	void withoutConfigurationPort8080IsOpenedOnAllAddresses() {
		assertThat(open()).containsOnlyKeys("http");
		assertThat(this.calls).containsExactly("listen 8080 2048");
	}

	@Test
	void aRandomPortIsTheOneThatThePoolListensOn() {
		StandardEnvironment random = new StandardEnvironment();
		RandomValuePropertySource.addToEnvironment(random);
		random.getPropertySources()
			.addLast(new MapPropertySource("test",
					Map.of("server.port", "${web.port:${random.int[20000,20001]}}", "management.server.port", "0")));
		System.setProperty(WorkerCommand.PORTS_PROPERTY, "http:30000,management:0");
		try {
			assertThat(web(random).addresses()).extracting(ListenAddress::port).containsExactly(30_000, 0);
			assertThat(RandomPorts.of(random).properties()).containsExactly(Map.entry("server.port", 30_000));
			random.getPropertySources().addFirst(new MapPropertySource("fixed", Map.of("web.port", "8081")));
			assertThat(web(random).addresses()).extracting(ListenAddress::port).containsExactly(8081, 0);
		}
		finally {
			System.clearProperty(WorkerCommand.PORTS_PROPERTY);
		}
	}

	@Test
	void addressPortAndBacklogAreTheServers() {
		this.environment.setProperty("server.address", "127.0.0.1");
		this.environment.setProperty("server.port", "0");
		this.environment.setProperty("server.tomcat.accept-count", "7");
		open();
		assertThat(this.calls).containsExactly("listen 127.0.0.1 0 7");
	}

	@Test
	void aNameIsReadInEveryFormThatSpringBootAllows() {
		this.environment.setProperty("server.tomcat.acceptCount", "0");
		open();
		assertThat(this.calls).containsExactly("listen 8080 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "8080", "" })
	void aManagementServerThatHasNoPortOfItsOwnHasNoListener(String port) {
		this.environment.setProperty("management.server.port", port);
		assertThat(open()).containsOnlyKeys("http");
	}

	@ParameterizedTest
	@CsvSource({ "8080, 9090", "8080, 0", "0, 0", "0, 9090" })
	void aManagementServerWithAPortOfItsOwnHasAListener(String port, String managementPort) {
		this.environment.setProperty("server.port", port);
		this.environment.setProperty("management.server.port", managementPort);
		this.environment.setProperty("management.server.address", "127.0.0.1");
		assertThat(open().keySet()).containsExactly("http", "management");
		assertThat(this.calls).containsExactly("listen " + port + " 2048",
				"listen 127.0.0.1 " + managementPort + " 2048");
	}

	@Test
	void withoutActuatorThereIsNoManagementServer() {
		this.environment.setProperty("management.server.port", "9090");
		assertThat(new WebAddresses(this.environment, ClassLoader.getPlatformClassLoader(),
				UnicornPropertiesBinder.bind(this.environment), new PassedSockets(List.of()))
			.addresses()).extracting(ListenAddress::name).containsExactly("http");
	}

	@Test
	void aPortThatIsInUseIsReportedAsSpringBootDoes() {
		this.environment.setProperty("server.port", "9999");
		assertThatExceptionOfType(PortInUseException.class).isThrownBy(this::open)
			.satisfies((ex) -> assertThat(ex.getPort()).isEqualTo(9999));
	}

	@Test
	void whatWasOpenedIsClosedWhenTheNextFails() {
		this.environment.setProperty("management.server.port", "9999");
		assertThatExceptionOfType(PortInUseException.class).isThrownBy(this::open);
		assertThat(this.calls).containsExactly("listen 8080 2048", "close 11");
	}

	@Test
	void theAddressOfProbesIsTriedAfterTheListeners() {
		this.probe = ProbePort.of("9090", 2);
		assertThat(this.probe).isEqualTo(new LaunchPlan.Probe(new ProbeAddress("127.0.0.1", 9090), 2));
		assertThat(open()).containsOnlyKeys("http");
		assertThat(this.calls).containsExactly("listen 8080 2048", "listen 127.0.0.1 9090 1", "close 12");
	}

	@Test
	void anAddressOfProbesThatIsInUseIsExplained() {
		this.probe = ProbePort.of("0.0.0.0:9999", 0);
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			FailureAnalysis analysis = new ListenFailureAnalyzer().analyze(ex);
			assertThat(analysis.getDescription())
				.isEqualTo("The master cannot listen on 0.0.0.0:9999: it is already in use.");
			assertThat(analysis.getAction()).contains("unicorn.probe.address");
		});
		assertThat(this.calls).containsExactly("listen 8080 2048", "close 11");
	}

	@Test
	void anUnknownHostOfProbesIsExplained() {
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class)
			.isThrownBy(() -> ProbePort.of("nowhere.invalid:9090", 0))
			.satisfies((ex) -> assertThat(ex.getDescription()).contains("nowhere.invalid:9090", "unknown"));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void withoutAnAddressThereAreNoProbes(@Nullable String address) {
		assertThat(ProbePort.of(address, 1)).isNull();
	}

	@Test
	void aPrivilegedPortIsExplained() {
		this.environment.setProperty("server.port", "80");
		this.environment.setProperty("server.address", "127.0.0.1");
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			FailureAnalysis analysis = new ListenFailureAnalyzer().analyze(ex);
			assertThat(analysis.getDescription())
				.startsWith("The web server cannot listen on 127.0.0.1 port 80: bind 0.0.0.0:80: Permission denied")
				.contains("CAP_NET_BIND_SERVICE");
			assertThat(analysis.getAction()).contains("server.port", "server.address");
		});
	}

	@ParameterizedTest
	@CsvSource({ "server.port, 65536", "server.port, -2", "management.server.port, 70000" })
	void aPortThatIsOutOfRangeIsExplained(String property, String port) {
		this.environment.setProperty(property, port);
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			assertThat(ex.getDescription()).contains("port " + port, "0 to 65535");
			assertThat(ex.getAdvice()).contains(property);
		});
	}

	private List<String> texts(String... passed) {
		return web(this.environment, passed).addresses()
			.stream()
			.map((address) -> address.name() + " " + address.bind())
			.toList();
	}

	@Test
	void theAddressesOfThePoolComeBeforeThoseOfTheServer() {
		this.environment.setProperty("server.port", "8081");
		this.environment.setProperty("unicorn.bind", "127.0.0.1:8080, unix:/run/app.sock,fd://7,localhost:0");
		this.environment.setProperty("management.server.port", "9090");
		this.environment.setProperty("unicorn.listeners.grpc", "[::1]:9000");
		assertThat(texts("http")).containsExactly("http 127.0.0.1:8080", "http-2 unix:/run/app.sock", "http-3 fd://7",
				"http-4 127.0.0.1:0", "management :9090", "grpc [0:0:0:0:0:0:0:1]:9000");
	}

	@Test
	void passedSocketsAreUsedWhereNoAddressIsSet() {
		this.environment.setProperty("management.server.port", "9090");
		assertThat(texts("management", "app.socket")).containsExactly("http fd://4", "management fd://3");
		assertThat(texts("app.socket", "app.socket")).containsExactly("http fd://3", "http-2 fd://4",
				"management :9090");
	}

	@Test
	void aPassedSocketThatNothingUsesIsNamed() {
		this.environment.setProperty("unicorn.backlog", "1");
		WebAddresses web = web(this.environment, "http", "management", "other");
		assertThat(web.remarks(web.addresses())).containsExactly("nothing uses the passed sockets fd://4, fd://5");
	}

	@Test
	void aBacklogThatTheKernelCutsIsNamed() {
		this.environment.setProperty("unicorn.backlog", "1000000");
		WebAddresses cut = web(this.environment, "http");
		assertThat(cut.remarks(cut.addresses())).singleElement()
			.asString()
			.contains("net.core.somaxconn", "not 1000000");
	}

	@Test
	void theOptionsOfASocketAreThoseOfThePool() {
		this.environment.setProperty("unicorn.backlog", "12");
		this.environment.setProperty("server.tomcat.accept-count", "7");
		this.environment.setProperty("unicorn.reuse-port", "true");
		this.environment.setProperty("unicorn.unix.mode", "0600");
		this.environment.setProperty("unicorn.unix.owner", " :www ");
		assertThat(web(this.environment).addresses()).extracting(ListenAddress::options)
			.containsExactly(new ListenAddress.Options(12, true, 0600, ":www"));
	}

	@Test
	void aRandomPortOfTheListIsTheOneThatThePoolListensOn() {
		StandardEnvironment random = new StandardEnvironment();
		RandomValuePropertySource.addToEnvironment(random);
		random.getPropertySources()
			.addLast(new MapPropertySource("test",
					Map.of("unicorn.bind", ":8080,127.0.0.1:${random.int[20000,20001]},:0", "unicorn.listeners.grpc",
							"${random.int[20000,20001]}")));
		System.setProperty(WorkerCommand.PORTS_PROPERTY, "http:30000,http-2:30002,http-3:0,grpc:30004");
		try {
			assertThat(web(random).addresses()).extracting(ListenAddress::port)
				.containsExactly(8080, 30_002, 0, 30_004);
			assertThat(RandomPorts.of(random).properties()).isEmpty();
		}
		finally {
			System.clearProperty(WorkerCommand.PORTS_PROPERTY);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "unix:/nowhere/at/all/app.sock|there is no directory /nowhere/at/all|unicorn.bind",
					"nowhere.invalid:80|its host is unknown|unicorn.bind" })
	void anAddressThatCannotBeOpenedIsExplained(String bind, String reason, String advice) {
		this.environment.setProperty("unicorn.bind", bind);
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			assertThat(ex.getDescription()).startsWith("The web server cannot listen on").contains(reason);
			assertThat(ex.getAdvice()).contains(advice);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", value = {
			"0.0.0.0:8080,127.0.0.1:8080|-|127.0.0.1:8080 (http-2): 0.0.0.0:8080 (http) includes it|from unicorn.bind",
			"127.0.0.1:8080,:8080|-|:8080 (http-2): it includes 127.0.0.1:8080 (http)|from unicorn.bind",
			"127.0.0.1:8080,[::]:8080|-|8080 (http-2): it includes 127.0.0.1:8080 (http)|from unicorn.bind",
			"127.0.0.1:8080,localhost:8080|-|includes 127.0.0.1:8080 (http)|from unicorn.bind",
			"127.0.0.1:8080|:8080|includes 127.0.0.1:8080 (http)|unicorn.listeners.grpc or unicorn.bind",
			"|:8081|:8081 (grpc): it includes :8081 (http)|unicorn.listeners.grpc or server.port" })
	void addressesThatIncludeEachOtherAreExplained(@Nullable String bind, @Nullable String listener, String reason,
			String advice) {
		this.environment.setProperty("server.port", "8081");
		if (bind != null) {
			this.environment.setProperty("unicorn.bind", bind);
		}
		if (listener != null) {
			this.environment.setProperty("unicorn.listeners.grpc", listener);
		}
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open).satisfies((ex) -> {
			assertThat(ex.getDescription()).contains(reason);
			assertThat(ex.getAdvice()).contains(advice);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0:8080,[::1]:8080", "0.0.0.0:8080,127.0.0.1:8081", "127.0.0.1:0,127.0.0.1:0",
			"127.0.0.1:8080,127.0.0.2:8080" })
	void addressesThatExistAtOnceArePossible(String bind) {
		this.environment.setProperty("unicorn.bind", bind);
		assertThat(open()).hasSize(2);
	}

	@Test
	void socketsThatShareTheirPortMayIncludeEachOtherButAreNotTheSame() {
		this.environment.setProperty("unicorn.reuse-port", "true");
		this.environment.setProperty("unicorn.bind", "0.0.0.0:8080,127.0.0.1:8080");
		assertThat(web(this.environment).addresses()).hasSize(2);
		this.environment.setProperty("unicorn.bind", "127.0.0.1:8080,localhost:8080");
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class)
			.isThrownBy(() -> web(this.environment).addresses());
	}

	@Test
	void anAddressOfProbesThatTheApplicationHasIsExplained() {
		this.probe = ProbePort.of("8080", 0);
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class).isThrownBy(this::open)
			.withMessageContaining("the application listens on :8080 (http)");
		assertThat(this.calls).isEmpty();
	}

}

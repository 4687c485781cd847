package io.unicorn.boot.worker;

import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.worker.DrainableServer;
import io.unicorn.worker.TestAgents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

class ListenerAdoptionTests {

	private final TestAgents master = new TestAgents();

	@AfterEach
	void close() {
		this.master.close();
	}

	private static WebServerApplicationContext contextWith(WebServer server) {
		WebServerApplicationContext context = mock(WebServerApplicationContext.class);
		when(context.getWebServer()).thenReturn(server);
		return context;
	}

	@Test
	void aServerThatHasNotAdoptedTheListenerEndsTheBoot() {
		WebServer server = mock(WebServer.class);
		ListenerAdoption adoption = new ListenerAdoption(this.master.agent(), contextWith(server));
		assertThatExceptionOfType(ListenerNotAdoptedException.class).isThrownBy(adoption::start).satisfies((ex) -> {
			FailureAnalysis analysis = new ListenerNotAdoptedFailureAnalyzer().analyze(ex);
			assertThat(analysis.getDescription()).contains("'http'", server.getClass().getName());
			assertThat(analysis.getAction()).contains("setProtocol", "unicorn.enabled=false").doesNotContain("\n");
		});
		assertThat(adoption.getPhase()).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
	}

	@Test
	void theFirstWorkerTellsTheMasterThatThereCanBeNoPoolAndEnds() {
		List<Integer> ends = new ArrayList<>();
		try (TestAgents first = TestAgents.first()) {
			ListenerAdoption adoption = new ListenerAdoption(first.agent(), contextWith(mock(WebServer.class)),
					ends::add);
			assertThatExceptionOfType(ListenerNotAdoptedException.class).isThrownBy(adoption::start);
			assertThat(ends).containsExactly(1);
			await().untilAsserted(() -> assertThat(first.received()).hasAtLeastOneElementOfType(Message.NoPool.class));
		}
	}

	@Test
	void aServerThatTheApplicationRunsItselfIsNoWebServer() {
		this.master.agent().register(mock(DrainableServer.class));
		ListenerAdoption adoption = new ListenerAdoption(this.master.agent(), contextWith(mock(WebServer.class)));
		assertThatExceptionOfType(ListenerNotAdoptedException.class).isThrownBy(adoption::start);
	}

	@Test
	void aServerThatHasAdoptedTheListenerStarts() {
		DrainableServer server = mock(DrainableServer.class);
		given(server.isWebServer()).willReturn(true);
		this.master.agent().register(server);
		ListenerAdoption adoption = new ListenerAdoption(this.master.agent(), contextWith(mock(WebServer.class)));
		adoption.start();
		assertThat(adoption.isRunning()).isTrue();
		adoption.stop();
		assertThat(adoption.isRunning()).isFalse();
	}

	@Test
	void aContextWithoutAServerStarts() {
		new ListenerAdoption(this.master.agent(), new GenericApplicationContext()).start();
		new ListenerAdoption(this.master.agent(), contextWith(null)).start();
	}

}

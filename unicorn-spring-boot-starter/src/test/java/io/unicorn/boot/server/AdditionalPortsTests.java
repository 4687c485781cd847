package io.unicorn.boot.server;

import java.util.ArrayList;
import java.util.List;

import io.unicorn.worker.WorkerAgent;
import io.unicorn.worker.WorkerIdentity;
import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

class AdditionalPortsTests {

	private final WorkerAgent agent = mock(WorkerAgent.class);

	private final List<Integer> exits = new ArrayList<>();

	private AdditionalPorts ports(long worker) {
		given(this.agent.identity()).willReturn(new WorkerIdentity(0, worker, 1, false));
		return new AdditionalPorts(new Unshareable(this.agent, this.exits::add), "http:8443,plain:8080,random:0");
	}

	@Test
	void thePoolsListenerOnThePortIsFound() {
		assertThat(ports(1).listener(8080)).isEqualTo("plain");
		verify(this.agent, never()).noPool(any());
	}

	@Test
	void theFirstWorkerLetsTheApplicationRunWithoutAPool() {
		assertThatExceptionOfType(NotSharedException.class).isThrownBy(() -> ports(1).listener(8081));
		verify(this.agent).noPool("its web server has an additional connector on port 8081, which only one worker "
				+ "could open; with unicorn.listeners.additional=8081 (any name will do), the master opens it for all "
				+ "workers");
		assertThat(this.exits).containsExactly(1);
	}

	@Test
	void aLaterWorkerFailsWithAnAnalysis() {
		assertThatExceptionOfType(NotSharedException.class).isThrownBy(() -> ports(2).listener(8081))
			.satisfies((ex) -> {
				FailureAnalysis analysis = new NotSharedFailureAnalyzer().analyze(ex, ex);
				assertThat(analysis.getDescription()).contains("additional connector on port 8081");
				assertThat(analysis.getAction()).contains("With unicorn.listeners.additional=8081",
						"unicorn.enabled=false");
			});
		verify(this.agent, never()).noPool(any());
		assertThat(this.exits).isEmpty();
	}

	@Test
	void aRandomPortIsNoPort() {
		assertThatExceptionOfType(NotSharedException.class).isThrownBy(() -> ports(2).listener(0));
	}

}

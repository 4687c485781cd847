package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Tests a pool on Jetty whose workers serve on virtual threads.
 */
@Alone
@Nightly
@EnabledForJreRange(min = JRE.JAVA_21)
class JettyVirtualContractIT extends ServerContract {

	JettyVirtualContractIT() {
		super(AppJar.jetty().with("unicorn.worker-class=virtual"));
	}

	/** Jetty closes the connection as soon as it has sent code 1001. */
	@Override
	boolean awaitsAnswerToClose() {
		return false;
	}

}

package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Tests a pool on Tomcat whose workers serve on virtual threads.
 */
@Alone
@Nightly
@EnabledForJreRange(min = JRE.JAVA_21)
class TomcatVirtualContractIT extends ServerContract {

	TomcatVirtualContractIT() {
		super(AppJar.version("1").with("unicorn.worker-class=virtual"));
	}

}

"""Texts in Traditional Chinese: forms that only Simplified Chinese has, and ROC years without their era.

The table holds forms that no text in Traditional Chinese has. Characters that both have are not in it, whatever they
stand for (里 后 干 面 台 斗 余 云), nor are forms that printers of both use for one another (着 温 户 强).
Cost: one regular expression a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgtool.lexical.remark import Remark, shown, warning

_SIMPLIFIED_ONLY = (
    "皑蔼碍爱袄奥坝罢摆败颁办绊帮绑镑谤剥饱宝报鲍辈贝钡狈备惫笔毕毙币闭边编贬变辩辫标濒滨宾摈饼拨钵铂驳补财参残惭惨灿苍舱仓沧侧测"
    "层诧搀掺蝉馋谗缠铲产阐颤场尝长偿肠畅钞车彻尘陈衬撑称惩诚骋迟驰耻齿炽宠畴踌筹绸橱锄雏础储处传疮闯创锤纯绰词赐聪从丛蹿窜错达带"
    "贷担单郸掸胆惮诞弹当挡荡档捣岛祷导盗灯邓敌涤递缔颠点垫电钓调谍叠钉顶锭订丢东动栋冻犊独读赌镀锻断缎队对顿钝夺堕鹅额讹恶饿尔饵"
    "贰发罚阀珐矾钒烦贩饭访纺飞诽废费纷坟奋愤粪枫锋风疯冯缝讽凤肤辐抚辅赋负讣妇缚该钙盖赣冈刚钢纲岗镐搁鸽阁铬个给龚宫巩贡钩沟购蛊"
    "顾关观馆惯贯广规归龟闺轨诡贵刽辊滚锅国过骇韩汉号阂鹤贺横轰鸿红壶护沪哗华画话欢环还缓换唤痪焕涣谎挥辉贿秽会烩汇讳诲绘荤浑获货"
    "祸击积饥讥鸡绩缉辑级挤蓟剂济计记际继纪夹荚颊贾钾驾歼监坚笺间艰缄检拣捡简俭槛鉴践贱见键舰剑饯渐溅涧将浆蒋桨奖讲酱胶浇骄娇搅铰"
    "矫侥饺缴绞轿较阶节结诫届紧锦仅谨进烬尽劲荆茎鲸经颈镜径痉竞纠旧驹举锯惧剧鹃绢觉诀绝钧军骏开凯颗壳课垦恳抠库裤块侩宽矿旷亏岿窥"
    "馈溃扩阔莱来赖蓝栏拦篮阑兰澜谰揽览懒缆烂滥捞劳涝乐镭垒类鲤礼丽厉励砾历傈沥隶俩联莲连镰涟敛脸链恋炼练粮两辆谅疗辽镣猎临邻鳞凛"
    "赁龄铃灵领馏刘龙聋咙笼垄拢陇楼娄搂篓芦卢颅庐炉掳卤虏鲁赂禄录陆驴铝侣屡缕虑滤绿峦挛孪滦乱抡轮伦仑沦纶论萝罗逻锣箩骡骆络妈玛码"
    "蚂马骂吗买卖迈瞒馒蛮满谩锚铆贸酶镁门闷们锰梦谜觅幂绵缅庙灭悯闽鸣铭谬谋亩呐钠纳难挠脑恼闹馁拟腻撵酿鸟聂啮镊镍柠狞拧钮纽脓浓农"
    "疟诺欧鸥殴呕沤盘庞抛赔喷鹏骗飘频贫凭评泼颇铺谱脐齐骑岂启弃讫牵钎铅迁签谦钱钳浅谴堑枪呛墙蔷抢锹桥乔侨翘窍窃钦亲寝轻氢倾顷请庆"
    "琼穷趋区躯驱龋颧权劝鹊让饶绕热韧认纫荣绒软锐闰润萨鳃赛伞丧骚扫涩杀刹纱筛删闪陕赡缮墒伤赏烧绍赊摄慑设绅审婶肾渗声绳师狮湿诗时"
    "蚀实识驶势释饰视试寿兽枢输书赎属术树竖数帅双谁顺说硕烁丝饲耸怂颂讼诵擞苏诉肃虽随绥岁孙损缩琐锁獭挞酞态摊贪瘫滩坛谭谈叹汤烫涛"
    "绦讨腾誊锑题条贴铁厅烃铜统头图团颓鸵驮驼椭袜弯湾顽韦违围为潍维苇伟伪纬谓卫闻纹稳问挝蜗涡窝呜钨乌诬无芜坞雾务误锡牺袭习铣戏细"
    "虾辖峡侠狭厦吓锨鲜纤贤衔闲显险现献县馅宪线厢镶乡详响项萧嚣销晓啸协挟携胁谐写泻谢锌衅兴锈绣嘘须许叙绪续轩悬选癣绚学勋询寻驯训"
    "讯逊压鸦鸭哑亚讶阉盐严颜阎艳厌砚彦谚验鸯杨扬疡阳养样尧谣药爷页业叶医铱颐遗仪蚁艺亿忆义诣议谊译绎荫阴银饮隐樱婴鹰应缨莹萤营荧"
    "蝇赢颖哟拥痈忧邮铀犹诱舆鱼渔屿语狱誉预驭鸳渊辕园员圆缘远约跃钥粤阅郧匀陨运蕴酝晕韵杂载攒暂赞赃脏凿枣责择则泽贼赠轧铡闸栅诈斋"
    "债盏斩辗崭栈战绽张涨帐账胀赵蛰辙锗这贞针侦诊镇阵挣睁狰争帧郑证织职执纸挚掷帜质滞钟终肿众诌轴皱昼骤诸诛烛瞩嘱贮铸驻专砖转赚桩"
    "装妆壮状锥赘坠缀谆浊资渍综总纵邹诅组钻"
)
_SIMPLIFIED = re.compile(f"[{_SIMPLIFIED_ONLY}]")
# A month or a half-year behind it makes it a date; an era, an ordinal or "ago" before it makes it none, or a clear one.
_BARE_ROC = re.compile(
    r"(?<![0-9.,第前後近逾約達滿共民國])(?<!民國 )([89][0-9]|1[0-4][0-9])年(?=(?:度)?(?:1[0-2]|[1-9])月|[上下]半年)"
)
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
_ROC = 1911


def chinese(value: str, tag: str) -> Iterator[Remark]:
    """Remarks on a text that its tag (lower case) says is in Traditional Chinese; none on other texts."""
    if not tag.startswith(_TRADITIONAL):
        return
    found = list(dict.fromkeys(_SIMPLIFIED.findall(value)))
    if found:
        listed = "".join(found[:10])
        yield warning("KG604", f"標為 @zh-Hant 之文字含簡體字「{listed}」:{shown(value)}",
                      f"a text tagged zh-Hant has simplified characters ({listed}): {shown(value)}")  # fmt: skip
    year = _BARE_ROC.search(value)
    if year:
        meant = int(year[1]) + _ROC
        yield warning("KG605", f"「{year[0]}」似為民國年而未註明;請寫「民國{year[0]}」或「{meant}年」。",
                      f"'{year[0]}' seems to be an ROC year without its era; write '民國{year[0]}' or '{meant}年'.")  # fmt: skip

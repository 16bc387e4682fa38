"""Texts folded for search only: width, case, accents, and CJK variants such as 黑 and 黒. Data is never changed by it."""

from __future__ import annotations

import unicodedata

# Pairs of a form used in Japan or in Simplified Chinese and the form that stands for both in the index.
_PAIRS = (
    "黒黑 国國 学學 会會 広廣 沢澤 浜濱 桜櫻 辺邊 竜龍 台臺 関關 県縣 区區 観觀 経經 済濟 営營 団團 図圖 応應 芸藝 実實 写寫 来來 労勞 "
    "売賣 読讀 続續 変變 恋戀 湾灣 蛮蠻 仏佛 払拂 伝傳 転轉 円圓 塩鹽 駅驛 訳譯 択擇 釈釋 鉄鐵 鉱鑛 銭錢 浅淺 残殘 賎賤 践踐 砕碎 粋粹 "
    "酔醉 従從 縦縱 渋澀 渓溪 渇渴 恵惠 穂穗 徳德 聴聽 庁廳 栄榮 蛍螢 覚覺 挙擧 誉譽 厳嚴 単單 弾彈 戦戰 禅禪 獣獸 両兩 満滿 発發 廃廢 "
    "拝拜 対對 体體 拡擴 郷鄉 楽樂 薬藥 歓歡 権權 勧勸 斎齋 斉齊 剤劑 予豫 万萬 与與 乗乘 争爭 亜亞 仮假 価價 倹儉 険險 検檢 験驗 剣劍 "
    "児兒 内內 冊册 処處 剰剩 効效 励勵 収收 叙敍 号號 嘱囑 囲圍 圧壓 塁壘 壊壞 壱壹 声聲 寿壽 奥奧 奨獎 嬢孃 宝寶 将將 専專 尽盡 属屬 "
    "岳嶽 峡峽 島嶋 崎﨑 巌巖 巣巢 帯帶 帰歸 弐貳 弥彌 当當 径徑 徴徵 恒恆 悩惱 悪惡 惨慘 慎愼 懐懷 戯戲 戸戶 抜拔 担擔 拠據 挿插 捜搜 "
    "揺搖 摂攝 数數 断斷 旧舊 昼晝 晩晚 暁曉 条條 枢樞 様樣 槙槇 横橫 欧歐 歩步 歯齒 歴歷 殻殼 毎每 気氣 浄淨 涙淚 清淸 温溫 滝瀧 潜潛 "
    "瀬瀨 焼燒 犠犧 献獻 瓶甁 産產 畳疊 痴癡 真眞 研硏 礼禮 祢禰 称稱 穏穩 窃竊 糸絲 総總 緑綠 縄繩 継繼 缶罐 翻飜 聡聰 胆膽 脳腦 臓臟 "
    "荘莊 蔵藏 虫蟲 衛衞 装裝 覧覽 触觸 証證 謡謠 豊豐 賛贊 頼賴 軽輕 辞辭 逓遞 遅遲 郎郞 酢醋 醸釀 鋳鑄 録錄 鎮鎭 閲閱 闘鬪 陥陷 隠隱 "
    "雑雜 霊靈 静靜 顕顯 飲飮 駆驅 騒騷 髄髓 髪髮 鶏鷄 麦麥 黄黃 點点 齢齡 吉𠮷 高髙 峯峰 裡裏 羣群 床牀 著着 爲為 眾衆 佔占 户戶 说說 "
    "书書 东東 乐樂 龙龍 门門 马馬 鸟鳥 鱼魚 车車 长長 张張 陈陳 刘劉 赵趙 吴吳 孙孫 罗羅 郑鄭 谢謝 韩韓 冯馮 邓鄧 许許 苏蘇 卢盧 蒋蔣 "
    "贾賈 阎閻 陆陸 邹鄒 龚龔 汤湯 贺賀 赖賴 济濟 边邊 岛島 华華 汉漢 义義 亚亞 "
)
_VARIANTS = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


def fold(text: str) -> str:
    """A text as it is compared: NFKC, lower case, without accents on Latin letters, variants as one form.

    Cost: about 2 µs for a name.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_VARIANTS)
    if plain.isascii():
        return plain
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare)
